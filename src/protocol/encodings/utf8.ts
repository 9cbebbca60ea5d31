/** UTF-8 on the wire, strict in both directions. A byte order mark is a character like any other and never dropped. */
const decoder = strictDecoder();
const encoder: { encode(text: string): Uint8Array } =
  typeof TextEncoder === "undefined" ? { encode: encodeByEscapes } : new TextEncoder();

/** The platform's, unless it lacks an option or ignores one, as in React Native. */
function strictDecoder(): { decode(bytes: Uint8Array): string } {
  try {
    const platforms = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    if (platforms.fatal && platforms.ignoreBOM) return platforms;
  } catch {
    // A ReferenceError where there is none, or whatever it throws for `fatal`.
  }
  return { decode: decodeByEscapes };
}

/** As the strict TextDecoder does, in ECMAScript alone. @throws URIError for bytes that are not UTF-8. */
export function decodeByEscapes(bytes: Uint8Array): string {
  const units = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return decodeURIComponent(escape(units.join("")));
}

/** As TextEncoder does, in ECMAScript alone. */
export function encodeByEscapes(text: string): Uint8Array {
  const wellFormed = text.replace(/[\ud800-\udfff]/gu, "\ufffd");
  return Uint8Array.from(unescape(encodeURIComponent(wellFormed)), (unit) => unit.charCodeAt(0));
}

/** The text, or null if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    // The decoder fails in one way only: a TypeError for bytes that are not UTF-8.
    return null;
  }
}

/** A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Whether a message takes up more bytes on the wire than `limit`. Encodes a text only if its length leaves that open. */
export function exceedsBytes(message: string | Uint8Array, limit: number): boolean {
  if (message.length > limit) return true;
  // A UTF-16 unit is 1 to 3 bytes of UTF-8.
  return (
    typeof message === "string" && message.length * 3 > limit && encodeUtf8(message).length > limit
  );
}
