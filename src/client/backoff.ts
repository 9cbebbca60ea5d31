/** How long to wait before the next attempt. Pure: chance is an argument. */

interface Backoff {
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

/**
 * Full jitter: anything from nothing to the ceiling, which doubles with each failure in a row. Equal pauses, or
 * pauses with a little jitter, would bring the clients of a restarted hub back in waves.
 */
export function backoffMs(
  failures: number,
  random: number,
  { retryBaseMs, retryMaxMs }: Backoff,
): number {
  return random * Math.min(retryMaxMs, retryBaseMs * 2 ** failures);
}
