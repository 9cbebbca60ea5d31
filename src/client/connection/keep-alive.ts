/** Pings at an interval (HB3) and notices when the hub no longer answers. */
import type { Cancel, Clock } from "../ports.ts";

export interface KeepAliveOptions {
  /** The hub's heartbeat_interval (CO2). */
  readonly intervalMs: number;
  /** How long after a ping some message must arrive. */
  readonly pongTimeoutMs: number;
}

/** The client does not trust the hub's interval: one of microseconds would make it flood the hub with pings. */
const MIN_INTERVAL_MS = 1_000;

export class KeepAlive {
  readonly #clock: Clock;
  readonly #options: KeepAliveOptions;
  readonly #ping: () => void;
  readonly #timedOut: () => void;
  #isProbing = false;
  #cancel: Cancel;

  /** Calls `timedOut` at most once, and nothing after it. */
  constructor(clock: Clock, options: KeepAliveOptions, ping: () => void, timedOut: () => void) {
    this.#clock = clock;
    this.#options = options;
    this.#ping = ping;
    this.#timedOut = timedOut;
    this.#cancel = this.#scheduleProbe();
  }

  /** A message arrived. Any message proves that the hub is there, since `pong` may be queued behind a burst. */
  received(): void {
    if (!this.#isProbing) return;
    this.#cancel();
    this.#cancel = this.#scheduleProbe();
  }

  /** Pings now, unless a ping is already waiting for its answer. */
  probe(): void {
    if (this.#isProbing) return;
    this.#cancel();
    this.#isProbing = true;
    this.#ping();
    this.#cancel = this.#clock.after(this.#options.pongTimeoutMs, this.#timedOut);
  }

  stop(): void {
    this.#cancel();
  }

  #scheduleProbe(): Cancel {
    this.#isProbing = false;
    return this.#clock.after(Math.max(MIN_INTERVAL_MS, this.#options.intervalMs), () =>
      this.probe(),
    );
  }
}
