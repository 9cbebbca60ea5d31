/** What a test can make go wrong with a publish request. */
import type { GoogleError } from "./google-error.ts";

export type FakeFault =
  /** Google refuses it; nothing is stored. */
  | { readonly kind: "error"; readonly error: GoogleError; readonly retryAfter?: string }
  /** A proxy between us and Google answers with a page. */
  | { readonly kind: "html"; readonly status: number }
  /** The connection breaks; nothing is stored. */
  | { readonly kind: "reset" }
  /** The messages are stored, but the connection breaks before the answer. */
  | { readonly kind: "reset-after" }
  /** The messages are stored, but the answer comes late. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** The messages are stored, but the body of the answer never ends. */
  | { readonly kind: "slow-body" }
  /** The messages are stored, but one id is missing in the answer. */
  | { readonly kind: "short-ids" };
