/**
 * The hub's URL as text. Platforms such as React Native have a URL whose parts cannot be set, whose `searchParams` throw, and
 * which adds a slash to paths: so an absolute URL is never taken from a URL object, and only its form is checked by one.
 */
import type { ClientId } from "../../protocol/client-id.ts";
import { CLIENT_ID_PARAMETER } from "../../protocol/names.ts";

interface Platform {
  readonly location?: { readonly href?: string };
  readonly URL?: new (url: string, base?: string) => { readonly href: string };
}

/** With the scheme ws: or wss:, and without a fragment. In a page it may be relative. null: it is no such URL. */
export function parseHubUrl(given: unknown): string | null {
  // The declarations of no platform fit every other.
  const { location, URL } = globalThis as Platform;
  const text = String(given);
  try {
    const parsed = URL && new URL(text, location?.href).href;
    const absolute = /^[a-z]+:/i.test(text) ? text : String(parsed);
    const url = absolute.replace(/^http/i, "ws").replace(/#[^]*/, "");
    return /^wss?:/i.test(url) ? url : null;
  } catch {
    // TypeError: not a URL.
    return null;
  }
}

interface Client {
  readonly url: string;
  readonly clientId: ClientId;
}

const OTHER_IDS = new RegExp(`([?&])(${CLIENT_ID_PARAMETER}=[^&]*&?)+`, "g");

/** The URL to connect to (UP8). The client's id takes the place of any other. */
export function addressOf({ url, clientId }: Client): string {
  const rest = url.replace(OTHER_IDS, "$1");
  const joint = /[?&]$/.test(rest) ? "" : rest.includes("?") ? "&" : "?";
  const id = encodeURIComponent(clientId).replace(/%20/g, "+");
  return `${rest}${joint}${CLIENT_ID_PARAMETER}=${id}`;
}
