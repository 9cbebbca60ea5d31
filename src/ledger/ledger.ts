/**
 * The rules of the Ledger: what it makes of a hub's report. Each event is taken once, however often it is reported, and
 * gets its place in the line of its hub (`line.ts`). No clock, no platform: `ports.ts` says what it needs.
 */
import type { EventBody, StoredEvent } from "../events/event-types.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { LedgerTransaction } from "./transaction.ts";
import { Counters, histogramSlotsOf, slotOf, slotsOf, type Slot } from "../metrics/counters.ts";
import type { Delivery } from "../events/dispatcher.ts";
import { lineOf } from "./partition.ts";
import { pruneIdleOutboxes } from "./dedup-retention.ts";
import type {
  LedgerState,
  LedgerStores,
  ParkedEvent,
  ParkedEvents,
  OutboxCursor,
  Summary,
} from "./ports.ts";
import type { HubReport, OutboxEvent, SummaryType, StatsDelta, Ack } from "./contract.ts";

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

/** As many copies of one tally may be late by other tallies of the same outbox. A hub has two under way at most. */
const KNOWN_TALLIES = 16;

const PAGE = 500;

const EMPTY_STATE: LedgerState = { nextSequence: 1, walkedTo: "", samples: {} };

const SUMMARY_TYPES = ["client.auth_failed", "rate_limited"] as const satisfies SummaryType[];

export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #settings: LedgerSettings;

  constructor(ports: LedgerPorts, settings: LedgerSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Idempotent: what was taken before is passed over. */
  take(report: HubReport): Ack {
    return this.#change((change) => {
      const known = this.#progressOf(change, report);
      const fresh = report.events.filter(({ seq }) => seq > known.seq);
      const missing = (fresh[0]?.seq ?? 0) - known.seq - 1;
      // An outbox numbers without gaps: these have given way there. One that is new here may have been forgotten.
      if (known.seq > 0 && missing > 0) change.countDropped(missing);
      for (const event of fresh) this.#takeEvent(change, report, event);
      const { tally } = report;
      const newTally = tally === null || known.tallyIds.includes(tally.id) ? null : tally;
      if (newTally !== null) this.#takeTally(change, report.hub, newTally);
      const seq = fresh.at(-1)?.seq ?? known.seq;
      // Also where nothing is new: who repeats himself has not heard yet that it was taken.
      if (report.events.length > 0 || tally !== null) {
        const tallyIds = [...known.tallyIds, ...(newTally ? [newTally.id] : [])];
        this.#ports.stores.progress.put(report.hub, report.outboxId, {
          seq,
          tallyIds: tallyIds.slice(-KNOWN_TALLIES),
          lastReportAtMs: this.#ports.now(),
        });
      }
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
    let nextMs: number | null = null;
    for (const { sinceMs } of this.#ports.stores.summaries.all()) {
      const atMs = sinceMs + SUMMARY_MS;
      if (nextMs === null || atMs < nextMs) nextMs = atMs;
    }
    return nextMs;
  }

  /** Puts parked events back to the head of their lines; null: all of them. How many there were. */
  retry(sequences: readonly number[] | null): number {
    const { stores } = this.#ports;
    const { parked, queue } = stores;
    return stores.transaction(() => {
      let count = 0;
      for (const { event } of sequences === null ? allOf(parked) : someOf(parked, sequences)) {
        queue.append(event);
        parked.remove(event.sequence);
        count += 1;
      }
      return count;
    });
  }

  countDelivery({ events, outcome }: Delivery): void {
    const counters = new Counters();
    counters.count(REQUESTS[outcome]);
    if (outcome === "published") counters.count(PUBLISHED, events);
    this.#change((change) => change.add(counters.take()));
  }

  #progressOf(
    change: LedgerTransaction,
    { hub, outboxId }: HubReport,
  ): Omit<OutboxCursor, "lastReportAtMs"> {
    const { stores, now } = this.#ports;
    const known = stores.progress.find(hub, outboxId);
    if (known !== undefined) return known;
    change.walk(pruneIdleOutboxes(stores, hub, change.state.walkedTo, now()));
    return { seq: 0, tallyIds: [] };
  }

  #takeEvent(
    change: LedgerTransaction,
    { hub, outboxId }: HubReport,
    { seq, atMs, body }: OutboxEvent,
  ): void {
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

  #takeTally(change: LedgerTransaction, hub: string, tally: StatsDelta): void {
    change.add(tally.deltas);
    for (const type of SUMMARY_TYPES) {
      const count = tally.summaries[type] ?? 0;
      if (count > 0) this.#ports.stores.summaries.add({ hub, type, count, sinceMs: tally.atMs });
    }
    tally.occasions.forEach((body, index) => {
      this.#record(change, hub, `${tally.id}.${index}`, tally.atMs, body);
    });
  }

  #tell(change: LedgerTransaction, { hub, type, count, sinceMs }: Summary, nowMs: number): void {
    this.#ports.stores.summaries.remove(hub, type);
    const since = new Date(sinceMs).toISOString();
    const body: EventBody = { type, data: { count, since, until: new Date(nowMs).toISOString() } };
    this.#record(change, hub, `${hub}.${type}.${sinceMs}`, nowMs, body);
  }

  #record(change: LedgerTransaction, hub: string, id: string, atMs: number, body: EventBody): void {
    const line = lineOf(hub);
    const event: StoredEvent = { ...body, id, hub, line, atMs, sequence: change.nextSequence() };
    change.told.push(event);
    if (!this.#settings.queues) return;
    this.#makeRoom(change, line);
    this.#ports.stores.queue.append(event);
  }

  /** Two give way for one that comes: a bound that was lowered is reached step by step. */
  #makeRoom(change: LedgerTransaction, line: string): void {
    const { queue, parked } = this.#ports.stores;
    for (let dropped = 0; dropped < 2; dropped += 1) {
      if (queue.count + parked.count < this.#settings.maxStored) return;
      const oldest = this.#takeOldest(line);
      if (oldest !== undefined) change.drop(oldest);
    }
  }

  /** Of what is parked first, then of the line that grows, then of the line that has waited longest. */
  #takeOldest(line: string): StoredEvent | undefined {
    const { queue, parked } = this.#ports.stores;
    const [oldestParked] = parked.count > 0 ? parked.page(0, 1) : [];
    if (oldestParked !== undefined) {
      parked.remove(oldestParked.event.sequence);
      return oldestParked.event;
    }
    const [other] = queue.lines();
    const [oldest] = [line, other ?? line].flatMap((each) => queue.head(each, 1));
    if (oldest !== undefined) queue.remove(oldest.line, [oldest.sequence]);
    return oldest;
  }

  /** One transaction; what it told is told once it is durable to the caller. */
  #change<Value>(make: (change: LedgerTransaction) => Value): Value {
    const { stores } = this.#ports;
    const change = new LedgerTransaction(stores.state.read() ?? EMPTY_STATE);
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

function someOf(parked: ParkedEvents, sequences: readonly number[]): ParkedEvent[] {
  return [...new Set(sequences)].flatMap((sequence) => parked.find(sequence) ?? []);
}

/** Page by page: all at once may be more than a Durable Object's memory. */
function* allOf(parked: ParkedEvents): Iterable<ParkedEvent> {
  let last = 0;
  for (let page = parked.page(last, PAGE); page.length > 0; page = parked.page(last, PAGE)) {
    yield* page;
    last = page.at(-1)?.event.sequence ?? last;
  }
}
