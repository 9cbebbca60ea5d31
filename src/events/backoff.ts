/** How long to wait before a publish request is tried again. Pure: chance is an argument. */

/** The longest pause after the first failure. */
const BASE_MS = 1000;

/** Google's own client waits no longer between two tries, either. */
const CAP_MS = 60_000;

/** A server that asks for more is mistaken, or not Pub/Sub. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * Milliseconds: full jitter, anything from nothing to a ceiling that doubles with each failure in a row, so that ledgers
 * which failed together do not come back together. Never sooner than the answer asked for.
 *
 * @param tries failures in a row, from 1.
 * @param retryAfterMs what the answer asked for; null: nothing.
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
