/** What one transaction of the Ledger makes of its state, and what is told when the transaction is done. It writes nothing. */
import type { StoredEvent } from "../events/event-types.ts";
import { Counters, slotOf, type Sample } from "../metrics/counters.ts";
import type { LedgerState } from "./ports.ts";

const DROPPED = slotOf("signal_manager_events_dropped_total");

export class LedgerTransaction {
  readonly told: StoredEvent[] = [];
  readonly dropped: StoredEvent[] = [];
  #state: LedgerState;
  isNews = false;

  constructor(state: LedgerState) {
    this.#state = state;
  }

  get state(): LedgerState {
    return this.#state;
  }

  nextSequence(): number {
    const { nextSequence } = this.#state;
    this.#put({ ...this.#state, nextSequence: nextSequence + 1 });
    return nextSequence;
  }

  /** The walk for silent outboxes is there now. */
  walk(to: string): void {
    if (to !== this.#state.walkedTo) this.#put({ ...this.#state, walkedTo: to });
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

  /** Events that are known to be missing, and no more of them. */
  countDropped(events: number): void {
    const counters = new Counters();
    counters.count(DROPPED, events);
    this.add(counters.take());
  }

  #put(state: LedgerState): void {
    this.#state = state;
    this.isNews = true;
  }
}
