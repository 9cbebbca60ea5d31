/**
 * Signals on their way to the application: to the listeners of `signal`, and to the loops of `signals()`. Those that arrive
 * before anybody listens are held, `maxBuffered` at most. They are given to the first listeners at the end of the turn in
 * which the first of them came: `peer()` and the application's own, for example, then hear them both.
 */
import { onAbort } from "../abort.ts";
import { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { Signal } from "../signal.ts";
import { SignalStream } from "./signal-stream.ts";

/** The part of the client's Emitter that concerns signals. */
interface Events {
  has(event: "signal"): boolean;
  emit(event: "signal", signal: Signal): void;
  emit(event: "error", error: SignalError): void;
}

export class Inbox {
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #maxBuffered: number;
  readonly #streams = new Set<SignalStream>();
  /** null from when they were given away: nothing is held again. */
  #held: Signal[] | null = [];
  #isOverflowReported = false;

  constructor(events: Events, clock: Clock, maxBuffered: number) {
    this.#events = events;
    this.#clock = clock;
    this.#maxBuffered = maxBuffered;
  }

  /** An overflow is one `error` event, and then signals are lost until the first listener comes. */
  receive(signal: Signal): void {
    for (const stream of this.#streams) stream.push(signal);
    if (this.#held === null) this.#events.emit("signal", signal);
    else if (this.#held.length < this.#maxBuffered) this.#held.push(signal);
    else if (!this.#isOverflowReported) {
      this.#isOverflowReported = true;
      this.#events.emit("error", new SignalError("buffer-full"));
    }
  }

  /** A loop, which ends when `signal` fires. */
  open(signal: AbortSignal | undefined): SignalStream {
    const aborted = (cause: unknown) => stream.end(new SignalError("aborted", { cause }));
    const cancelAbort = onAbort(signal, aborted);
    const stream = new SignalStream(this.#maxBuffered, () => {
      cancelAbort();
      this.#streams.delete(stream);
    });
    this.#streams.add(stream);
    for (const held of this.#held ?? []) stream.push(held);
    this.#giveSoon(() => true);
    if (signal?.aborted === true) aborted(signal.reason);
    return stream;
  }

  /** A listener of `signal` comes. One that leaves within its turn, as effects of React do, does not count. */
  listenerComes(): void {
    this.#giveSoon(() => this.#events.has("signal"));
  }

  /** Forgets what nobody has heard. */
  forget(): void {
    this.#held?.splice(0);
    this.#isOverflowReported = false;
  }

  /** Ends every loop: `error` says why, unless the user closed the client. */
  end(error: SignalError | null): void {
    for (const stream of this.#streams) stream.end(error);
  }

  /** At the end of the turn, since others may come within it. What arrives meanwhile is given away, too. */
  #giveSoon(hasReader: () => boolean): void {
    if (this.#held === null) return;
    this.#clock.soon(() => {
      if (!hasReader()) return;
      for (const signal of this.#held ?? []) this.#events.emit("signal", signal);
      this.#held = null;
    });
  }
}
