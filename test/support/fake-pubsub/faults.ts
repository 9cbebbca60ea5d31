/** What can go wrong with a publish request on purpose. */
import type { GoogleError } from "./google-error.ts";

export type FakeFault =
  /** An error of Google's, before anything is stored. */
  | { readonly kind: "error"; readonly error: GoogleError; readonly retryAfter?: string }
  /** A page of something between us and Google. */
  | { readonly kind: "html"; readonly status: number }
  /** The connection breaks before anything is stored. */
  | { readonly kind: "reset" }
  /** The messages are stored, and the connection breaks before the answer. */
  | { readonly kind: "reset-after" }
  /** The messages are stored, and the answer comes so much later. */
  | { readonly kind: "slow"; readonly delayMs: number }
  /** The messages are stored, and of the answer's body only the beginning ever comes. */
  | { readonly kind: "slow-body" }
  /** The messages are stored, and one id is missing in the answer. */
  | { readonly kind: "short-ids" };
