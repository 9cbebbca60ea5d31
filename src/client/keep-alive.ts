/** Whether the connection still lives: a `ping` each interval (HB3), and something must come back in time. */
import type { Cancel, Clock } from "./ports.ts";

export interface KeepAliveOptions {
  /** The hub's heartbeat_interval (CO2). */
  readonly intervalMs: number;
  readonly pongTimeoutMs: number;
}

/** The hub is not ours: an interval of microseconds would be a flood of pings. */
const MIN_INTERVAL_MS = 1_000;

export class KeepAlive {
  readonly #clock: Clock;
  readonly #options: KeepAliveOptions;
  readonly #ping: () => void;
  readonly #silent: () => void;
  #isWaiting = false;
  #cancel: Cancel;

  /** `silent` is called once, and nothing after it. */
  constructor(clock: Clock, options: KeepAliveOptions, ping: () => void, silent: () => void) {
    this.#clock = clock;
    this.#options = options;
    this.#ping = ping;
    this.#silent = silent;
    this.#cancel = this.#rest();
  }

  /** Any message proves it, not only `pong`: that may stand in line behind a burst. */
  heard(): void {
    if (!this.#isWaiting) return;
    this.#cancel();
    this.#cancel = this.#rest();
  }

  /** Asks at once. */
  probe(): void {
    if (this.#isWaiting) return;
    this.#cancel();
    this.#isWaiting = true;
    this.#ping();
    this.#cancel = this.#clock.after(this.#options.pongTimeoutMs, this.#silent);
  }

  stop(): void {
    this.#cancel();
  }

  #rest(): Cancel {
    this.#isWaiting = false;
    return this.#clock.after(Math.max(MIN_INTERVAL_MS, this.#options.intervalMs), () =>
      this.probe(),
    );
  }
}
