/** FNV-1a with 32 bits over a text's UTF-8. Placement depends on it, so the same text must give the same number for ever. */

export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
