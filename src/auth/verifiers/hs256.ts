/** JWTs that are signed with the configured secret (HS256). `TokenCrypto` checks the signature, `jwt.ts` the claims. */
import { grantOfClaims } from "../jwt.ts";
import type { TokenCrypto } from "../token-crypto.ts";
import type { Verifier } from "./verifier.ts";

export function hs256Verifier(secret: string, crypto: TokenCrypto): Verifier {
  return async (credentials, nowMs) => {
    const payload = await crypto.verify(credentials.token, secret);
    return payload === null ? null : grantOfClaims(payload, credentials, nowMs);
  };
}
