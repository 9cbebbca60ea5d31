/** Who a client is on the wire (ID1). */
import { MAX_CLIENT_ID_CHARS } from "./limits.ts";

declare const brand: unique symbol;

/** A client id that `parseClientId` has passed; nothing re-checks it. */
export type ClientId = string & { readonly [brand]: "ClientId" };

/** Neither a control character nor a surrogate without its pair, which UTF-8 cannot say. Stops reading where an id is too long. */
const CLIENT_ID = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${MAX_CLIENT_ID_CHARS}}$`, "u");

/** 1-128 Unicode characters, none a control character, no lone surrogate: else null. */
export function parseClientId(value: unknown): ClientId | null {
  if (typeof value !== "string" || !CLIENT_ID.test(value)) return null;
  // Here, and where `parseTarget` asks the same, the brand is made.
  return value as ClientId;
}
