/** Text that must not exceed so many bytes of UTF-8. */

const encoder = new TextEncoder();

export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** The longest beginning of `text` that fits, of whole characters. */
export function cutUtf8(text: string, maxBytes: number): string {
  // encodeInto never writes half a character, and says how much of the text it took.
  return text.slice(0, encoder.encodeInto(text, new Uint8Array(maxBytes)).read);
}
