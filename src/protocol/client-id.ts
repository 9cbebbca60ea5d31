/** Who a client is on the wire (ID1). */
import { MAX_CLIENT_ID_CHARS } from "./limits.ts";

declare const brand: unique symbol;

/** A client id that `parseClientId` has passed; nothing re-checks it. */
export type ClientId = string & { readonly [brand]: "ClientId" };

/** 1-128 Unicode characters, none a control character, no lone surrogate (UTF-8 cannot say one): else null. */
export function parseClientId(value: unknown): ClientId | null {
  if (typeof value !== "string" || value.length === 0) return null;
  if (value.length > MAX_CLIENT_ID_CHARS && codePoints(value) > MAX_CLIENT_ID_CHARS) return null;
  if (!isPrintableAscii(value) && (/\p{Cc}/u.test(value) || !value.isWellFormed())) return null;
  // The one place that makes the brand.
  return value as ClientId;
}

/** What most ids are: for a signal's target this is a tenth of the cost of the questions above. */
function isPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return true;
}

function codePoints(text: string): number {
  // Past twice the limit even surrogate pairs cannot save it: the length of a hostile id is not walked.
  return text.length > 2 * MAX_CLIENT_ID_CHARS ? Infinity : [...text].length;
}
