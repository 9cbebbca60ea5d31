/** `Authorization: Bearer …` against one configured token: the doors of operators, not of clients. */
import { createHash, timingSafeEqual } from "node:crypto";

/** The scheme's name has no case (RFC 9110, 11.1). A token is any visible ASCII: operators choose more than RFC 6750 has. */
const BEARER = /^Bearer +([\x21-\x7e]+) *$/i;

/** Whether a value of Authorization shows this token. The comparison takes the same time whatever is shown. */
export function bearerCheck(token: string): (authorization: string | null) => boolean {
  const expected = digest(token);
  return (authorization) => {
    const shown = BEARER.exec(authorization ?? "")?.[1];
    return shown !== undefined && timingSafeEqual(expected, digest(shown));
  };
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
