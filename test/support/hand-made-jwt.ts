/** Makes JWTs with Node's crypto alone, so that tests of `src/auth` do not check jose against itself. */
import { createHmac } from "node:crypto";

/** 32 bytes, the least that RFC 7518 allows for HS256. */
export const SECRET = "0123456789abcdef0123456789abcdef";

/** The tests' clock, in seconds and in milliseconds. */
export const NOW = 1_790_000_000;
export const NOW_MS = NOW * 1000;

export type Claims = Readonly<Record<string, unknown>>;

/** The claims of a good token; a claim of `undefined` is left out. */
export function claims(more: Claims = {}): Claims {
  return { sub: "alice", iat: NOW, exp: NOW + 3600, ...more };
}

export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export function hmac(hash: "sha256" | "sha384" | "sha512", secret: string, text: string): string {
  return createHmac(hash, secret).update(text).digest("base64url");
}

/** `header.claims.signature`, signed HS256 whatever the header says. */
export function jwt(
  payload: unknown = claims(),
  { header = { alg: "HS256", typ: "JWT" } as unknown, secret = SECRET } = {},
): string {
  const signed = `${encodePart(header)}.${encodePart(payload)}`;
  return `${signed}.${hmac("sha256", secret, signed)}`;
}
