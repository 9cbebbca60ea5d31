/** Signals on their way to the application: to the listeners of `signal`, and to the loops of `signals()`. */
import { onAbort } from "../abort.ts";
import { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { Signal } from "../signal.ts";
import { EarlySignals } from "./early-signals.ts";
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
  readonly #early: EarlySignals;
  readonly #streams = new Set<SignalStream>();

  constructor(events: Events, clock: Clock, maxBuffered: number) {
    this.#events = events;
    this.#clock = clock;
    this.#maxBuffered = maxBuffered;
    this.#early = new EarlySignals(maxBuffered);
  }

  receive(signal: Signal): void {
    for (const stream of this.#streams) stream.push(signal);
    const early = this.#early.hold(signal);
    if (early === "none") this.#events.emit("signal", signal);
    if (early === "overflow") this.#events.emit("error", new SignalError("buffer-full"));
  }

  /** A loop ends when `signal` fires. */
  open(signal: AbortSignal | undefined): SignalStream {
    const aborted = (cause: unknown) => stream.end(new SignalError("aborted", { cause }));
    const cancelAbort = onAbort(signal, aborted);
    const stream = new SignalStream(this.#maxBuffered, () => {
      cancelAbort();
      this.#streams.delete(stream);
    });
    this.#streams.add(stream);
    for (const early of this.#early.held) stream.push(early);
    this.#giveEarlySoon(() => true);
    if (signal?.aborted === true) aborted(signal.reason);
    return stream;
  }

  /** A listener of `signal` was added. One that leaves within its turn, as effects of React do, does not count. */
  listenerAdded(): void {
    this.#giveEarlySoon(() => this.#events.has("signal"));
  }

  /** Forgets what nobody has heard. */
  forget(): void {
    this.#early.clear();
  }

  /** Ends every loop: `error` says why, unless the user closed the client. */
  end(error: SignalError | null): void {
    for (const stream of this.#streams) stream.end(error);
  }

  /** At the end of the turn, since others may come within it. */
  #giveEarlySoon(hasReader: () => boolean): void {
    this.#clock.soon(() => {
      if (hasReader()) this.#early.giveTo((signal) => this.#events.emit("signal", signal));
    });
  }
}
