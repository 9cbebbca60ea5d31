/** Any text in the characters of a WebSocket subprotocol: base64url (RFC 4648, 5) of its UTF-8, without padding (UP2). */
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** By hand, since some platforms of the client have no `btoa`. */
export function encodeBase64Url(text: string): string {
  const bytes = encodeUtf8(text);
  let encoded = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [one = 0, two = 0, three = 0] = bytes.subarray(at, at + 3);
    const bits = (one << 16) | (two << 8) | three;
    const characters = [18, 12, 6, 0]
      .map((shift) => ALPHABET.charAt((bits >> shift) & 63))
      .join("");
    // One byte needs two characters, two bytes need three.
    encoded += characters.slice(0, bytes.length - at + 1);
  }
  return encoded;
}

/** The text; null: the characters are no base64url, or their bytes no UTF-8. */
export function decodeBase64Url(encoded: string): string | null {
  // `atob` takes padding and white space, too, and throws for a length of 4n + 1.
  if (!/^[\w-]*$/.test(encoded) || encoded.length % 4 === 1) return null;
  const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return decodeUtf8(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
