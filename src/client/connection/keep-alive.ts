/** Pings at an interval (HB3) and notices when the hub no longer answers. */
import type { Cancel, Clock } from "../ports.ts";
import { OVERDUE_ANSWER_MS } from "./policy.ts";

export interface KeepAliveOptions {
  readonly intervalMs: number;
  /** How long after a ping some message must arrive. */
  readonly pongTimeoutMs: (isUrgent: boolean) => number;
}

export class KeepAlive {
  readonly #clock: Clock;
  readonly #options: KeepAliveOptions;
  readonly #ping: () => void;
  readonly #timedOut: () => void;
  /** When the answer to a ping is due. Infinity: none is awaited. */
  #dueAtMs = Infinity;
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
    if (this.#dueAtMs === Infinity) return;
    this.#cancel();
    this.#cancel = this.#scheduleProbe();
  }

  /** Pings now, or makes the answer to the last ping due sooner if it is urgent. */
  probe(isUrgent = false): void {
    const timeoutMs = this.#options.pongTimeoutMs(isUrgent);
    const dueAtMs = this.#clock.nowMs() + timeoutMs;
    if (dueAtMs >= this.#dueAtMs) return;
    this.#cancel();
    if (this.#dueAtMs === Infinity) this.#ping();
    this.#dueAtMs = dueAtMs;
    this.#cancel = this.#clock.after(timeoutMs, this.#timedOut);
  }

  stop(): void {
    this.#cancel();
  }

  #scheduleProbe(): Cancel {
    this.#dueAtMs = Infinity;
    return this.#clock.after(this.#options.intervalMs, () => this.probe());
  }
}

/** Calls `probe` while an answer is overdue, until it is cancelled: there is an answer, or nobody waits for it any more. */
export function watchAnswer(clock: Clock, probe: () => void): Cancel {
  const wait = (): Cancel =>
    clock.after(OVERDUE_ANSWER_MS, () => {
      cancel = wait();
      probe();
    });
  let cancel = wait();
  return () => cancel();
}
