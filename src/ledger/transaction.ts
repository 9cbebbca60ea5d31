/** What one transaction of the Ledger makes of its state, and the events to emit once it is committed. Writes nothing itself. */
import type { StoredEvent } from "../events/event-types.ts";
import { Counters, slotOf } from "../metrics/counters.ts";
import type { Sample } from "../metrics/samples.ts";
import type { LedgerState } from "./ports.ts";

const DROPPED = slotOf("signal_manager_events_dropped_total");

/** Collects what the rules do in one transaction, until the Ledger stores and emits it. */
export class LedgerTransaction {
  /** To be emitted once the transaction is committed, in order. */
  readonly toEmit: StoredEvent[] = [];
  readonly dropped: StoredEvent[] = [];
  #state: LedgerState;
  #isDirty = false;

  constructor(state: LedgerState) {
    this.#state = state;
  }

  get state(): LedgerState {
    return this.#state;
  }

  /** Whether the state has changed and has to be written. */
  get isDirty(): boolean {
    return this.#isDirty;
  }

  nextSequence(): number {
    const { nextSequence } = this.#state;
    this.#put({ ...this.#state, nextSequence: nextSequence + 1 });
    return nextSequence;
  }

  movePruneCursor(to: string): void {
    if (to !== this.#state.pruneCursor) this.#put({ ...this.#state, pruneCursor: to });
  }

  add(deltas: readonly Sample[]): void {
    const samples = { ...this.#state.samples };
    for (const [key, value] of deltas) samples[key] = (samples[key] ?? 0) + value;
    this.#put({ ...this.#state, samples });
  }

  drop(event: StoredEvent): void {
    this.dropped.push(event);
    this.countDropped(1);
  }

  /** Counts events of which only the gap is known that they left. */
  countDropped(events: number): void {
    const counters = new Counters();
    counters.count(DROPPED, events);
    this.add(counters.take());
  }

  #put(state: LedgerState): void {
    this.#state = state;
    this.#isDirty = true;
  }
}
