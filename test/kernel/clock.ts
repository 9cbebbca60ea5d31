/**
 * Virtual time: what happens next, and when. No timer of the runtime is involved: time stands still until a test lets it
 * go by. Between two events every promise that can settle has settled, so that the order of events is the queue's alone.
 */
import { setImmediate } from "node:timers";
import { EventQueue, isEarlier, type QueuedEvent } from "./event-queue.ts";

/** A world with more events than this at one instant never comes to rest. */
const MAX_EVENTS_PER_INSTANT = 1_000_000;

export class Clock {
  #nowMs: number;
  #sequence = 0;
  readonly #events = new EventQueue();
  readonly #alarms = new EventQueue();
  #areAlarmsLate = true;
  #running: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** `startMs`: since the epoch. */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Runs `run` after this many milliseconds. If that is 0, it runs soon, without a call of `flow` or `settle`. */
  after(delayMs: number, run: () => void): void {
    this.#events.add(this.#event(this.#nowMs + Math.max(0, delayMs), run));
    if (delayMs <= 0) this.#start();
  }

  /** As `after`, but at a time, and only once time goes by: an alarm that is due already waits for that, too. */
  alarmAt(atMs: number, run: () => void): void {
    this.#alarms.add(this.#event(atMs, run));
  }

  /** Turns the clock alone. Alarms that become due are late: they fire when time next goes by. */
  pass(ms: number): void {
    this.#nowMs += ms;
    this.#areAlarmsLate = true;
  }

  /** The clock jumps, and everything that has become due happens now, at the new time. */
  async jump(ms: number): Promise<void> {
    this.#nowMs += ms;
    this.#areAlarmsLate = false;
    await this.settle();
    this.#areAlarmsLate = true;
  }

  /** Time goes by: each event happens at its own time. */
  async flow(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    this.#areAlarmsLate = false;
    await this.settle();
    for (let next = this.#next(); next !== undefined && next.atMs <= endMs; next = this.#next()) {
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      await this.settle();
    }
    this.#nowMs = endMs;
    this.#areAlarmsLate = true;
  }

  /** Everything that is due has happened when this resolves. Rejects with what an event threw. */
  async settle(): Promise<void> {
    await turn();
    this.#start();
    await this.#running;
    if (this.#failure === null) return;
    const { error } = this.#failure;
    this.#failure = null;
    throw error;
  }

  #event(atMs: number, run: () => void): QueuedEvent {
    this.#sequence += 1;
    return { atMs, sequence: this.#sequence, run };
  }

  #next(): QueuedEvent | undefined {
    if (this.#areAlarmsLate) return this.#events.first;
    return isEarlier(this.#alarms.first, this.#events.first)
      ? this.#alarms.first
      : this.#events.first;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  /** Never rejects: an event that nobody waits for may be the one that fails, and the next `settle` reports it. */
  async #run(): Promise<void> {
    try {
      await turn();
      for (let count = 0; ; count += 1) {
        const next = this.#next();
        if (next === undefined || next.atMs > this.#nowMs) return;
        if (count === MAX_EVENTS_PER_INSTANT) throw new Error("the world does not come to rest");
        (next === this.#alarms.first ? this.#alarms : this.#events).takeFirst();
        next.run();
        await turn();
      }
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running = null;
    }
  }
}

/** Resolves when every promise that could settle has settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
