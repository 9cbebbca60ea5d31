/** `TokenCrypto` by jose, on WebCrypto: compact JWS with HS256. */
import { CompactSign, compactVerify } from "jose";
import type { TokenCrypto } from "./token-crypto.ts";

/** The list has one algorithm, so that no token can choose another: not `none`, and no public key used as a secret. */
const ALGORITHMS = ["HS256"];

export const joseCrypto: TokenCrypto = {
  sign: (payload, secret) =>
    new CompactSign(payload)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(encodeSecret(secret)),

  async verify(token, secret) {
    try {
      const key = encodeSecret(secret);
      const { payload, protectedHeader } = await compactVerify(token, key, {
        algorithms: ALGORITHMS,
      });
      // RFC 7797, 7: a JWT must not use the unencoded payload, which JWS in general allows.
      return protectedHeader.b64 === false ? null : payload;
    } catch {
      // jose throws for every way in which a token can be bad. Callers need no distinction, and clients get none.
      return null;
    }
  },
};

function encodeSecret(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
