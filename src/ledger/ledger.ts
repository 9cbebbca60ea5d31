/**
 * The rules of the Ledger: what it makes of a hub's report. Each event is taken once, however often it is reported, and
 * gets its place in the line of its hub. No clock, no platform: `ports.ts` says what it needs.
 */
import type { EventBody, StoredEvent } from "../events/event-types.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { Counters, histogramSlotsOf, slotOf, slotsOf, type Sample, type Slot } from "./counters.ts";
import type { Delivery } from "./courier.ts";
import type { LedgerState, LedgerStores, Progress, Summary } from "./ports.ts";
import type { HubReport, OutboxEvent, SummaryType, Tally, Taken } from "./report.ts";

export interface LedgerSettings {
  /** Whether events are kept until a sink outside has taken them. */
  readonly queues: boolean;
  /** Events that may wait, queued and parked together. */
  readonly maxStored: number;
}

export interface LedgerPorts {
  readonly stores: LedgerStores;
  readonly now: () => number;
  /** Every event, when it has been taken: the log sink. */
  readonly tell: (event: StoredEvent) => void;
  /** An event that was given up, since the storage is full. */
  readonly dropped: (event: StoredEvent) => void;
}

/** Strangers' doings are told once in so many milliseconds. */
export const SUMMARY_MS = 60_000;

const ENDED: Readonly<Record<string, Slot>> = slotsOf("signal_manager_sessions_ended_total");
const DURATION = histogramSlotsOf("signal_manager_session_duration_seconds");

const REQUESTS = slotsOf("signal_manager_publish_requests_total");
const PUBLISHED = slotOf("signal_manager_events_published_total");
const DROPPED = slotOf("signal_manager_events_dropped_total");

const SUMMARY_TYPES = ["client.auth_failed", "rate_limited"] as const satisfies SummaryType[];

export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #settings: LedgerSettings;

  constructor(ports: LedgerPorts, settings: LedgerSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Idempotent: what was taken before is passed over. */
  take(report: HubReport): Taken {
    return this.#change((change) => {
      const { stores } = this.#ports;
      const known = progressOf(stores.progress.find(report.hub), report.outboxId);
      const fresh = report.events.filter(({ seq }) => seq > known.seq);
      for (const event of fresh) this.#takeEvent(change, report, event);
      const { tally } = report;
      if (tally !== null && tally.id !== known.tallyId) this.#takeTally(change, report.hub, tally);
      const seq = fresh.at(-1)?.seq ?? known.seq;
      const tallyId = tally?.id ?? known.tallyId;
      const isNews = seq !== known.seq || tallyId !== known.tallyId;
      if (isNews) stores.progress.put(report.hub, { outboxId: report.outboxId, seq, tallyId });
      return { throughSeq: seq };
    });
  }

  /** Tells what strangers did in the minutes that are over. */
  summarise(): void {
    const nowMs = this.#ports.now();
    const due = [...this.#ports.stores.summaries.all()].filter(
      ({ sinceMs }) => sinceMs + SUMMARY_MS <= nowMs,
    );
    if (due.length > 0) this.#change((change) => due.forEach((s) => this.#tell(change, s, nowMs)));
  }

  /** When `summarise` has something to tell; null: nothing is counted. */
  nextSummaryMs(): number | null {
    const sinceMs = Array.from(this.#ports.stores.summaries.all(), (summary) => summary.sinceMs);
    return sinceMs.length === 0 ? null : Math.min(...sinceMs) + SUMMARY_MS;
  }

  /** Puts parked events back to the head of their lines; null: all of them. How many there were. */
  retry(sequences: readonly number[] | null): number {
    const { stores } = this.#ports;
    return stores.transaction(() => {
      const chosen =
        sequences ??
        stores.parked.page(0, Number.MAX_SAFE_INTEGER).map(({ event }) => event.sequence);
      const found = chosen.flatMap((sequence) => stores.parked.find(sequence) ?? []);
      for (const { event } of found) {
        stores.queue.append(event);
        stores.parked.remove(event.sequence);
      }
      return found.length;
    });
  }

  countDelivery({ events, outcome }: Delivery): void {
    const counters = new Counters();
    counters.count(REQUESTS[outcome]);
    if (outcome === "published") counters.count(PUBLISHED, events);
    this.#change((change) => change.add(counters.take()));
  }

  #takeEvent(change: Change, { hub, outboxId }: HubReport, { seq, atMs, body }: OutboxEvent): void {
    const { sessions } = this.#ports.stores;
    switch (body.type) {
      case "client.connected": {
        const { client_id, session_id: sessionId } = body.data;
        // A session's: the hub has parsed it.
        const clientId = client_id as ClientId;
        sessions.put({ clientId, sessionId, hub, connectedAtMs: atMs });
        break;
      }
      case "client.disconnected": {
        const { client_id, session_id: sessionId, reason, duration_ms } = body.data;
        sessions.remove(client_id as ClientId, sessionId);
        const counters = new Counters();
        // A hub of a later version may know a reason that this one does not.
        const ended = ENDED[reason];
        if (ended !== undefined) counters.count(ended);
        counters.observe(DURATION, duration_ms / 1000);
        change.add(counters.take());
        break;
      }
      default:
        break;
    }
    this.#record(change, hub, `${outboxId}.${seq}`, atMs, body);
  }

  #takeTally(change: Change, hub: string, tally: Tally): void {
    change.add(tally.deltas);
    for (const type of SUMMARY_TYPES) {
      const count = tally.summaries[type] ?? 0;
      if (count > 0) this.#ports.stores.summaries.add({ hub, type, count, sinceMs: tally.atMs });
    }
    tally.occasions.forEach((body, index) => {
      this.#record(change, hub, `${tally.id}.${index}`, tally.atMs, body);
    });
  }

  #tell(change: Change, { hub, type, count, sinceMs }: Summary, nowMs: number): void {
    this.#ports.stores.summaries.remove(hub, type);
    const since = new Date(sinceMs).toISOString();
    const body: EventBody = { type, data: { count, since, until: new Date(nowMs).toISOString() } };
    this.#record(change, hub, `${hub}.${type}.${sinceMs}`, nowMs, body);
  }

  #record(change: Change, hub: string, id: string, atMs: number, body: EventBody): void {
    const event: StoredEvent = { ...body, id, hub, atMs, sequence: change.nextSequence() };
    change.told.push(event);
    if (!this.#settings.queues) return;
    this.#makeRoom(change, hub);
    this.#ports.stores.queue.append(event);
  }

  /** The oldest gives way: of what is parked first, then of the line that grows. */
  #makeRoom(change: Change, hub: string): void {
    const { queue, parked } = this.#ports.stores;
    if (queue.count + parked.count < this.#settings.maxStored) return;
    const [oldestParked] = parked.page(0, 1);
    if (oldestParked !== undefined) {
      parked.remove(oldestParked.event.sequence);
      return change.drop(oldestParked.event);
    }
    const [oldest] = queue.head(hub, 1);
    if (oldest === undefined) return;
    queue.remove(hub, oldest.sequence);
    change.drop(oldest);
  }

  /** One transaction; what it told is told once it is durable to the caller. */
  #change<Value>(make: (change: Change) => Value): Value {
    const { stores } = this.#ports;
    const change = new Change(stores.state.read() ?? { nextSequence: 1, samples: {} });
    const value = stores.transaction(() => {
      const made = make(change);
      if (change.isNews) stores.state.write(change.state);
      return made;
    });
    change.told.forEach(this.#ports.tell);
    change.dropped.forEach(this.#ports.dropped);
    return value;
  }
}

/** What one transaction makes of the state. */
class Change {
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

  add(deltas: readonly Sample[]): void {
    const samples = { ...this.#state.samples };
    for (const [key, value] of deltas) samples[key] = (samples[key] ?? 0) + value;
    this.#put({ ...this.#state, samples });
  }

  drop(event: StoredEvent): void {
    this.dropped.push(event);
    const counters = new Counters();
    counters.count(DROPPED);
    this.add(counters.take());
  }

  #put(state: LedgerState): void {
    this.#state = state;
    this.isNews = true;
  }
}

/** Under another outbox id the hub counts from 1 again. */
function progressOf(known: Progress | undefined, outboxId: string): Omit<Progress, "outboxId"> {
  return known?.outboxId === outboxId ? known : { seq: 0, tallyId: null };
}
