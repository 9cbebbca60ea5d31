/** Who a client is on the wire (ID1). */
import { MAX_CLIENT_ID_CHARS } from "./limits.ts";

declare const brand: unique symbol;

/** A client id that `parseClientId` has passed; nothing re-checks it. */
export type ClientId = string & { readonly [brand]: "ClientId" };

/** What most ids are: asked first, since the questions behind it cost a signal several times as much. */
const PRINTABLE_ASCII = /^[ -~]+$/;

/** 1-128 Unicode characters, none a control character, no lone surrogate (UTF-8 cannot say one): else null. */
export function parseClientId(value: unknown): ClientId | null {
  if (typeof value !== "string" || value.length === 0) return null;
  if (value.length > MAX_CLIENT_ID_CHARS && codePoints(value) > MAX_CLIENT_ID_CHARS) return null;
  if (!PRINTABLE_ASCII.test(value) && (/\p{Cc}/u.test(value) || !value.isWellFormed())) return null;
  // The one place that makes the brand.
  return value as ClientId;
}

function codePoints(text: string): number {
  // Past twice the limit even surrogate pairs cannot save it: the length of a hostile id is not walked.
  return text.length > 2 * MAX_CLIENT_ID_CHARS ? Infinity : [...text].length;
}
