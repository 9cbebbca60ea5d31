/** Typed listeners. One that throws stops neither the others nor the emitting code. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => unknown>>();
  readonly #thrown: (event: keyof Events, cause: unknown) => void;

  /** `thrown` is told what a listener threw, or an async listener rejected with. */
  constructor(thrown: (event: keyof Events, cause: unknown) => void) {
    this.#thrown = thrown;
  }

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

  /** Whether anyone listened. Who comes during the call is not called. */
  emit<Name extends keyof Events>(event: Name, value: Events[Name]): boolean {
    // `on` files under `event` only listeners that take its value.
    const listeners = [...(this.#listeners.get(event) ?? [])] as ((
      value: Events[Name],
    ) => unknown)[];
    for (const listener of listeners) {
      try {
        const result = listener(value);
        if (result instanceof Promise) result.catch((cause) => this.#thrown(event, cause));
      } catch (cause) {
        this.#thrown(event, cause);
      }
    }
    return listeners.length > 0;
  }
}
