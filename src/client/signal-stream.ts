/**
 * Signals for `for await`. Holds so many for a slow reader; what comes then ends it: the reader gets what is held, and
 * then `buffer-full`. Dropping the oldest or the newest was refused: nothing is lost in silence.
 */
import { SignalError } from "./errors.ts";
import type { Signal } from "./signal.ts";

interface Reader {
  resolve(result: IteratorResult<Signal, undefined>): void;
  reject(error: SignalError): void;
}

const DONE: IteratorResult<Signal, undefined> = { done: true, value: undefined };

export class SignalStream implements AsyncIterableIterator<Signal, undefined> {
  readonly #maxBuffered: number;
  readonly #detach: () => void;
  readonly #held: Signal[] = [];
  readonly #readers: Reader[] = [];
  #end: { readonly error: SignalError | null } | null = null;

  /** `detach` is called once, when no more signals are wanted. */
  constructor(maxBuffered: number, detach: () => void) {
    this.#maxBuffered = maxBuffered;
    this.#detach = detach;
  }

  put(signal: Signal): void {
    if (this.#end !== null) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: signal });
    else if (this.#held.length < this.#maxBuffered) this.#held.push(signal);
    else this.end(new SignalError("buffer-full"));
  }

  /** What is held is still read; then the loop ends, or throws `error`. */
  end(error: SignalError | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    this.#detach();
    for (const reader of this.#readers.splice(0)) this.#finish(reader, error);
  }

  next(): Promise<IteratorResult<Signal, undefined>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      const held = this.#held.shift();
      if (held !== undefined) resolve({ done: false, value: held });
      else if (this.#end === null) this.#readers.push(reader);
      else this.#finish(reader, this.#end.error);
    });
  }

  /** The loop was left. */
  async return(): Promise<IteratorResult<Signal, undefined>> {
    this.#held.length = 0;
    this.end(null);
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(reader: Reader, error: SignalError | null): void {
    if (error === null) reader.resolve(DONE);
    else reader.reject(error);
  }
}
