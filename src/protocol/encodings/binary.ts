/** Payload type BINARY: `[length u8][bytes]`, and what follows (PT5). */

export const MAX_PREFIXED_BYTES = 0xff;

export interface Prefixed {
  readonly head: Uint8Array;
  readonly rest: Uint8Array;
}

/** Views of the bytes; null where the length byte is missing or promises more bytes than there are. */
export function splitPrefixed(bytes: Uint8Array): Prefixed | null {
  const length = bytes[0];
  if (length === undefined || 1 + length > bytes.length) return null;
  return { head: bytes.subarray(1, 1 + length), rest: bytes.subarray(1 + length) };
}

/** `bytes` MUST be at most 255. */
export function prefixed(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length, ...bytes);
}
