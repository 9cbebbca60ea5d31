/** Merges the pages of several Ledgers into one. */

/** The first `limit` of all that the Ledgers gave; `last` is the last item of the page if another page follows. */
export function firstOf<Item>(
  all: readonly Item[],
  limit: number,
): { readonly items: Item[]; readonly last: Item | undefined } {
  const items = all.slice(0, limit);
  return { items, last: all.length > limit ? items.at(-1) : undefined };
}

/** SQLite's order of texts: by the bytes of their UTF-8, which is the order of their code points. */
export function compareUtf8(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (const [at, character] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
