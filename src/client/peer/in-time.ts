/** A promise that is waited for only so long. */
import type { Clock } from "../ports.ts";

/** Settles as `work` does, or rejects with `error` when the time is up. */
export function inTime<Value>(
  clock: Clock,
  timeoutMs: number,
  error: Error,
  work: Promise<Value>,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(timeoutMs, () => reject(error));
    work.then(resolve, reject).finally(cancel);
  });
}
