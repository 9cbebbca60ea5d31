/** A clock that only moves when a test advances it. */
import type { Cancel, Clock } from "../../../src/client/ports.ts";

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class HandClock implements Clock {
  #nowMs = 0;
  #timers = new Set<Timer>();
  #soon: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** The time until each timer fires, shortest first. */
  get delaysMs(): number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#nowMs).toSorted((a, b) => a - b);
  }

  /** Ends this turn of the event loop, and lets every promise settle that can. */
  async turn(): Promise<void> {
    await settled();
    for (const run of this.#soon.splice(0)) run();
    await settled();
  }

  /** Moves the clock, and runs the timers that are due on the way, in order. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.turn();
    for (let due = this.#next(untilMs); due !== undefined; due = this.#next(untilMs)) {
      this.#nowMs = due.atMs;
      this.#timers.delete(due);
      due.run();
      await this.turn();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers]
      .filter(({ atMs }) => atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Waits until every promise has settled that depends on other promises alone. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}
