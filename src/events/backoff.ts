/** How long to wait before a failed publish is tried again. Pure: randomness is an argument. */

/** The longest pause after the first failure. */
const BASE_MS = 1000;

/** Google's own client does not wait longer between two attempts either. */
const CAP_MS = 60_000;

/** A server that asks for a longer pause is mistaken. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * Milliseconds, by full jitter: anything from zero to a ceiling that doubles with each failure in a row, so that Ledgers
 * which failed together do not come back together. Never sooner than the answer asked for.
 *
 * @param tries failures in a row, from 1.
 * @param retryAfterMs the pause that the answer asked for; null: none.
 * @param random from 0 to 1.
 */
export function retryDelayMs(
  tries: number,
  retryAfterMs: number | null,
  random: () => number,
): number {
  const jittered = random() * Math.min(CAP_MS, BASE_MS * 2 ** (tries - 1));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
