/** Rows of the log that say the same again and again: they are shown once, and counted. Pure. */

/** A row that is shown, and how often it was seen. */
export interface Counted {
  readonly key: string | null;
  /** Whether it answers a row before it, so that no repetition begins with it. */
  readonly isAnswer: boolean;
  readonly times: number;
}

/** How many rows repeat together: an attempt that opens, is refused and closes has four. */
const MAX_CYCLE = 4;

/**
 * How many rows at the end of `rows` repeat the same number before them; 0 if they do not. The rows before then count for
 * them. A row with the key null repeats nothing.
 */
export function repeatedRows(rows: readonly Counted[]): number {
  for (let length = 1; length <= MAX_CYCLE; length += 1) {
    if (isRepeat(rows.slice(-length), rows.slice(-2 * length, -length))) return length;
  }
  return 0;
}

function isRepeat(last: readonly Counted[], before: readonly Counted[]): boolean {
  return (
    last.length === before.length &&
    last[0]?.isAnswer === false &&
    last.every(({ key }, at) => key !== null && key === before[at]?.key)
  );
}
