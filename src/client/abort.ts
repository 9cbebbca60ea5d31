/** AbortSignals, of the caller and to the caller. */
import type { Cancel } from "./ports.ts";

/** Calls `run` with the reason when `signal` fires, until it is cancelled. `signal` has not fired yet. */
export function onAbort(signal: AbortSignal | undefined, run: (reason: unknown) => void): Cancel {
  const listener = () => run(signal?.reason);
  signal?.addEventListener("abort", listener, { once: true });
  return () => signal?.removeEventListener("abort", listener);
}

/** An AbortController. Where the platform has none, it has no signal to give away. */
export function newAbort(): Pick<AbortController, "signal" | "abort"> {
  if (typeof AbortController !== "undefined") return new AbortController();
  // Who reads the signal, a token function for example, finds none.
  return { abort() {} } as unknown as AbortController;
}
