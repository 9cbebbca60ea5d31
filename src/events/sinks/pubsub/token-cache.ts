/** Keeps a bearer token until shortly before it expires. How a token is made is the caller's `mint`. */
import { success, type Result } from "../../../protocol/result.ts";
import type { PublishOutcome } from "../sink.ts";

export interface Token {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** The outcome of the publish request that could not be made without a token. */
export type TokenFailure = Exclude<PublishOutcome, { readonly kind: "published" }>;

/** MUST NOT throw. */
export type Mint = () => Promise<Result<Token, TokenFailure>>;

export interface TokenSource {
  /** Never throws. */
  get(): Promise<Result<string, TokenFailure>>;
  /** To be called when the server refused this token: `get` does not return it again. */
  drop(text: string): void;
}

/** The same as in Google's own library. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Mints one token at a time, however many callers wait. If that fails, a token that has not expired stays in use, so that
 * nobody notices a token endpoint that is away for some minutes.
 *
 * Callers share a promise: within a Durable Object they may, between requests of a plain Worker they must not.
 */
export function cacheToken(mint: Mint, now: () => number): TokenSource {
  let kept: Token | null = null;
  let minting: Promise<Result<string, TokenFailure>> | null = null;

  const renew = async (): Promise<Result<string, TokenFailure>> => {
    const minted = await mint();
    if (minted.ok) {
      kept = minted.value;
      return success(minted.value.text);
    }
    return kept !== null && kept.expiresAtMs > now() ? success(kept.text) : minted;
  };

  return {
    async get() {
      if (kept !== null && kept.expiresAtMs - RENEW_BEFORE_MS > now()) return success(kept.text);
      minting ??= renew().finally(() => {
        minting = null;
      });
      return minting;
    },
    drop(text) {
      if (kept?.text === text) kept = null;
    },
  };
}
