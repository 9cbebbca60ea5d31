/** The timers of the shell. None is left when the work that it bounds has ended, since an object with a timer never sleeps. */
import type { Cancel } from "../events/sinks/http-exchange.ts";

export function after(ms: number, run: () => void): Cancel {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Settles as `work` does, or rejects with `late()` when the time is up. */
export async function inTime<Value>(
  work: Promise<Value>,
  ms: number,
  late: () => Error,
): Promise<Value> {
  let cancel: Cancel | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    cancel = after(ms, () => reject(late()));
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    cancel?.();
  }
}
