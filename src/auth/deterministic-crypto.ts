/**
 * `TokenCrypto` for simulations: the same seed must give the same run, and WebCrypto answers whenever its threads are done.
 * Everything here is computed at once. The signature is a checksum and protects nothing, so the service MUST NOT use this
 * file; a test makes sure that no other file of `src` imports it.
 */
import { base64url } from "jose";
import { fnv1a } from "../protocol/fnv1a.ts";
import type { TokenCrypto } from "./token-crypto.ts";

/** The algorithm's name is not registered with IANA: no other implementation accepts these tokens. */
const HEADER = base64url.encode('{"alg":"FNV1A","typ":"JWT"}');

export const deterministicCrypto: TokenCrypto = {
  sign: (payload, secret) => Promise.resolve(signAtOnce(payload, secret)),

  verify(token, secret) {
    const [, payload = ""] = token.split(".");
    return Promise.resolve(token === signed(payload, secret) ? base64url.decode(payload) : null);
  },
};

/** A token without a promise, for the set-up of a simulation. */
export function signAtOnce(payload: Uint8Array, secret: string): string {
  return signed(base64url.encode(payload), secret);
}

function signed(payload: string, secret: string): string {
  return `${HEADER}.${payload}.${base64url.encode(checksum(`${payload}.${secret}`))}`;
}

/** 128 bits, so that a run of a simulation meets no collision by chance. */
function checksum(text: string): string {
  const parts = [0, 1, 2, 3].map((part) => fnv1a(`${part}.${text}`).toString(16).padStart(8, "0"));
  return parts.join("");
}
