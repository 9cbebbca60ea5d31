/** The name of a client on the wire (ID1). */
import { MAX_CLIENT_ID_CHARS } from "./limits.ts";

declare const brand: unique symbol;

/** A client id that a `parse` function of this file has accepted. Nothing checks it again. */
export type ClientId = string & { readonly [brand]: "ClientId" };

/**
 * Neither a control character (Cc) nor a lone surrogate, which UTF-8 cannot encode. The match stops where an id is too long.
 * The ranges are spelled out, since React Native's engine knows no `\p{Cc}`.
 */
const CLIENT_ID = new RegExp(
  `^[^\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]{1,${MAX_CLIENT_ID_CHARS}}$`,
  "u",
);

/** null unless the value is a string of 1-128 Unicode characters without control characters and lone surrogates. */
export function parseClientId(value: unknown): ClientId | null {
  if (typeof value !== "string" || !CLIENT_ID.test(value)) return null;
  // The brand is made in this file alone.
  return value as ClientId;
}

/** The source of the admin API's signals where they name no other (ID4). */
// It matches the expression above.
export const BACKEND = "backend" as ClientId;

/** Whether no credential may name the client, so that a target can tell who speaks (ID4). */
export function isReserved(clientId: ClientId): boolean {
  return clientId === BACKEND;
}

/** As `parseClientId`, at a fifth of its cost where the id is printable ASCII: for the signal path. */
export function parseClientIdFast(value: unknown): ClientId | null {
  // Such an id matches the expression of `parseClientId`.
  return typeof value === "string" && isShortAscii(value)
    ? (value as ClientId)
    : parseClientId(value);
}

function isShortAscii(text: string): boolean {
  if (text.length === 0 || text.length > MAX_CLIENT_ID_CHARS) return false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}
