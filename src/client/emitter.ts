/** Typed listeners. One that throws stops neither the others nor the emitting code: an `error` event tells. */
import { SignalError } from "./errors.ts";

export class Emitter<Events extends { readonly error: SignalError }> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => unknown>>();

  /** Returns the undoing. The same function may listen twice. */
  on<Name extends keyof Events>(
    event: Name,
    listener: (value: Events[Name]) => unknown,
  ): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    const own = (value: Events[Name]) => listener(value);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** Who comes during the call is not called. */
  emit<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    // `on` files under `event` only listeners that take its value.
    const listeners = [...(this.#listeners.get(event) ?? [])] as ((
      value: Events[Name],
    ) => unknown)[];
    for (const listener of listeners) {
      try {
        const result = listener(value);
        if (result instanceof Promise) result.catch((cause) => this.#threw(event, cause));
      } catch (cause) {
        this.#threw(event, cause);
      }
    }
  }

  #threw(event: keyof Events, cause: unknown): void {
    const error = new SignalError("listener-failed", { detail: `on "${String(event)}"`, cause });
    // Not told to the listeners of `error` where one of them is the culprit: that could go on for ever.
    const isTold = event !== "error" && (this.#listeners.get("error")?.size ?? 0) > 0;
    // Every table of events has this type for `error`.
    if (isTold) this.emit("error", error as Events["error"]);
    else console.error(error);
  }
}
