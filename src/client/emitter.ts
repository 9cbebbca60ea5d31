/** Typed events. A listener that throws stops neither the others nor the emitter; an `error` event reports it. */
import { SignalError } from "./errors.ts";

export class Emitter<Events extends { readonly error: SignalError }> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => unknown>>();

  /** Returns a function that removes the listener. The same function may be added twice. */
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

  has(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  /** Calls the listeners that are there when the call begins. */
  emit<Name extends keyof Events>(event: Name, value: Events[Name]): void {
    // `on` stores under `event` only listeners that take its value.
    const listeners = [...(this.#listeners.get(event) ?? [])] as ((
      value: Events[Name],
    ) => unknown)[];
    for (const listener of listeners) {
      try {
        const result = listener(value);
        // Not `instanceof`: a promise may be of another realm or a library.
        if (result) Promise.resolve(result).catch((cause) => this.#listenerFailed(event, cause));
      } catch (cause) {
        this.#listenerFailed(event, cause);
      }
    }
  }

  #listenerFailed(event: keyof Events, cause: unknown): void {
    const error = new SignalError("listener-failed", { detail: `on "${String(event)}"`, cause });
    // If a listener of `error` threw, another `error` event could go on for ever: the console reports it instead.
    const hasListener = event !== "error" && this.has("error");
    // Events gives `error` this type.
    if (hasListener) this.emit("error", error as Events["error"]);
    else console.error(error);
  }
}
