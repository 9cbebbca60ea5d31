/** Keeps a bearer token until shortly before it expires. How a token is made is its `mint`. */
import { success, type Result } from "../../../protocol/result.ts";
import type { PublishOutcome } from "./publish-outcome.ts";

export interface Token {
  readonly text: string;
  readonly expiresAtMs: number;
}

/** As the outcome of the publish request that could not be made without a token. */
export type TokenFailure = Exclude<PublishOutcome, { readonly kind: "published" }>;

/** MUST NOT throw. */
export type Mint = () => Promise<Result<Token, TokenFailure>>;

export interface TokenSource {
  /** Never throws. */
  get(): Promise<Result<string, TokenFailure>>;
  /** The server refused this one: it is not given out again. */
  drop(text: string): void;
}

/** As in Google's own library. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * One mint at a time, however many ask. Where it fails, the token that is still good stays in use: a token endpoint that
 * is away for some minutes is not noticed.
 *
 * Its promise belongs to the object that made it: on Workers it must not be shared between requests of a plain Worker.
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
