/** FNV-1a, 32 bits, of a text's UTF-8: spreads names over a number of places, the same way everywhere and for ever. */

export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
