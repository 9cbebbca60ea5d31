/**
 * The signals of one `for await` loop. It buffers a fixed number of signals for a slow reader. One more ends the stream:
 * the reader gets the buffered signals and then `buffer-full`. It does not drop the oldest or the newest signal instead,
 * because no signal is lost in silence.
 */
import { SignalError } from "../errors.ts";
import type { Signal } from "../signal.ts";

interface Reader {
  resolve(result: IteratorResult<Signal, undefined>): void;
  reject(error: SignalError): void;
}

const DONE: IteratorResult<Signal, undefined> = { done: true, value: undefined };

export class SignalStream implements AsyncIterableIterator<Signal, undefined> {
  readonly #maxBuffered: number;
  readonly #detach: () => void;
  readonly #buffered: Signal[] = [];
  readonly #readers: Reader[] = [];
  #end: { readonly error: SignalError | null } | null = null;

  /** Calls `detach` once, when it needs no more signals. */
  constructor(maxBuffered: number, detach: () => void) {
    this.#maxBuffered = maxBuffered;
    this.#detach = detach;
  }

  push(signal: Signal): void {
    if (this.#end !== null) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) reader.resolve({ done: false, value: signal });
    else if (this.#buffered.length < this.#maxBuffered) this.#buffered.push(signal);
    else this.end(new SignalError("buffer-full"));
  }

  /** The reader still gets the buffered signals. Then the loop ends, or throws `error`. */
  end(error: SignalError | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    this.#detach();
    for (const reader of this.#readers.splice(0)) this.#finish(reader, error);
  }

  next(): Promise<IteratorResult<Signal, undefined>> {
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject };
      const buffered = this.#buffered.shift();
      if (buffered !== undefined) resolve({ done: false, value: buffered });
      else if (this.#end === null) this.#readers.push(reader);
      else this.#finish(reader, this.#end.error);
    });
  }

  /** The reader has left the loop. */
  async return(): Promise<IteratorResult<Signal, undefined>> {
    this.#buffered.length = 0;
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
