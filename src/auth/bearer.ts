/** Checks `Authorization: Bearer …` against one configured token. Operators authenticate this way; clients do not. */
import { digest, isSameDigest } from "./digest.ts";

/**
 * The scheme's name is case-insensitive (RFC 9110, 11.1). A token is any visible ASCII: operators use characters that the
 * grammar of RFC 6750 lacks.
 */
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/**
 * Returns a function that says whether a value of the Authorization header carries `token`; null stands for a missing header.
 * The comparison takes the same time for every value.
 */
export function bearerCheck(token: string): (authorization: string | null) => boolean {
  const expected = digest(token);
  return (authorization) => {
    const presented = BEARER.exec(authorization ?? "")?.[1];
    return presented !== undefined && isSameDigest(expected, digest(presented));
  };
}
