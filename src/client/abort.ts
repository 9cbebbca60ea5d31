/** One listener on an AbortSignal that is taken away again. */
import type { Cancel } from "./ports.ts";

/** `signal` has not fired yet: who waits asks that first. */
export function onAbort(signal: AbortSignal | undefined, run: (reason: unknown) => void): Cancel {
  if (signal === undefined) return () => {};
  const listener = () => run(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
