/** Whose turn is first: the same items in the same circle, beginning `by` further on. */
export function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
