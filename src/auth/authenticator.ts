/**
 * Turns credentials into a grant, for the two places that ask for them: the upgrade request and the CONNECT message. Each kind
 * of credentials is one row of the table below.
 */
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import { failed, type Result } from "../protocol/result.ts";
import type { AuthFault, Credentials, Grant } from "./grant.ts";
import { joseCrypto } from "./jose-crypto.ts";
import type { TokenCrypto } from "./token-crypto.ts";
import { apiKeyVerifier, type ApiKey } from "./verifiers/api-keys.ts";
import { hs256Verifier } from "./verifiers/hs256.ts";
import type { Verifier } from "./verifiers/verifier.ts";

/** Resolves to a value whatever the credentials: it MUST NOT reject. `nowMs`: milliseconds since 1970. */
export type Authenticate = (
  credentials: Credentials,
  nowMs: number,
) => Promise<Result<Grant, AuthFault>>;

export interface AuthSettings {
  readonly apiKeys: readonly ApiKey[];
  /** Empty: no signed token is accepted. */
  readonly tokenSecret: string;
}

/** Makes a verifier of the settings; null: they do not ask for one. */
type VerifierRow = (settings: AuthSettings, crypto: TokenCrypto) => Verifier | null;

/** Verifiers are asked in this order, and the first that knows the credentials decides. */
const VERIFIERS: readonly VerifierRow[] = [
  ({ apiKeys }) => (apiKeys.length === 0 ? null : apiKeyVerifier(apiKeys)),
  ({ tokenSecret }, crypto) => (tokenSecret === "" ? null : hs256Verifier(tokenSecret, crypto)),
];

export function createAuthenticator(
  settings: AuthSettings,
  crypto: TokenCrypto = joseCrypto,
): Authenticate {
  const verifiers = VERIFIERS.flatMap((create) => create(settings, crypto) ?? []);
  return async (credentials, nowMs) => {
    if (credentials.token.length > MAX_TOKEN_CHARS) return failed("auth.invalid");
    for (const verify of verifiers) {
      const verdict = await verify(credentials, nowMs);
      if (verdict !== null) return verdict;
    }
    return failed("auth.invalid");
  };
}
