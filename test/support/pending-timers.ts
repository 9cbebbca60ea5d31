/** Counts the timers that are pending, in any runtime: whatever sets one is replaced by a counting one. */
import { vi } from "vitest";

export interface PendingTimers {
  /** How many are pending now. */
  readonly count: number;
  /** How many were ever set. */
  readonly set: number;
}

/** From here on, until `vi.restoreAllMocks`. */
export function countTimers(): PendingTimers {
  const pending = new Set<unknown>();
  let set = 0;
  const begin = (timer: unknown) => {
    pending.add(timer);
    set += 1;
  };
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms?: number) => {
    const timer = setTimeout(() => {
      pending.delete(timer);
      run();
    }, ms);
    begin(timer);
    return timer;
  }) as typeof setTimeout);
  vi.spyOn(globalThis, "setInterval").mockImplementation(((run: () => void, ms?: number) => {
    const timer = setInterval(run, ms);
    begin(timer);
    return timer;
  }) as typeof setInterval);
  for (const [name, clear] of Object.entries({ clearTimeout, clearInterval })) {
    vi.spyOn(globalThis, name as "clearTimeout").mockImplementation(((timer: never) => {
      pending.delete(timer);
      clear(timer);
    }) as typeof clearTimeout);
  }
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    // Nothing can cancel it, and nothing but its end ends it.
    const signal = timeout.call(AbortSignal, ms);
    begin(signal);
    signal.addEventListener("abort", () => pending.delete(signal));
    return signal;
  });
  return {
    get count() {
      return pending.size;
    },
    get set() {
      return set;
    },
  };
}
