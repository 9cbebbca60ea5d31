/**
 * The rules of the Ledger: what it makes of a hub's report. It takes each event once, however often it is reported, and gives
 * it a sequence in the partition of its hub (`partition.ts`). No clock, no platform: `ports.ts` says what it needs.
 */
import type { PublishResult } from "../events/dispatcher.ts";
import type { NewEvent, StoredEvent } from "../events/event-types.ts";
import type { Ack, HubReport, StatsDelta, SummaryType } from "./contract.ts";
import { pruneIdleOutboxes } from "./dedup-retention.ts";
import { partitionOf } from "./partition.ts";
import type {
  LedgerState,
  LedgerStores,
  OutboxCursor,
  ParkedEvent,
  ParkedEvents,
} from "./ports.ts";
import { indexSession, samplesOfEvent, samplesOfPublish } from "./projections.ts";
import { LedgerTransaction } from "./transaction.ts";

/** What the rules take from the configuration. */
export interface LedgerSettings {
  /** Whether a stored sink is configured, so that events are kept until it has them. */
  readonly storesEvents: boolean;
  /** Events that may wait, queued and parked together. */
  readonly maxStored: number;
}

/** What the rules need of the platform and of the sinks. */
export interface LedgerPorts {
  readonly stores: LedgerStores;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Events that are committed now, in order: for the immediate sinks. */
  readonly emit: (events: readonly StoredEvent[]) => void;
  /** An event that was dropped because the storage is full. */
  readonly dropped: (event: StoredEvent) => void;
}

/** Counts of refused credentials and of the rate limit become one event per minute and hub. */
export const SUMMARY_PERIOD_MS = 60_000;

/** A repeated delta may arrive after this many newer ones. A hub has at most two in flight. */
const REMEMBERED_STATS_IDS = 16;

const PARKED_PAGE = 500;

const EMPTY_STATE: LedgerState = { nextSequence: 1, pruneCursor: "", samples: {} };

const SUMMARY_TYPES = ["client.auth_failed", "rate_limited"] as const satisfies SummaryType[];

/** The rules, on the stores of one Ledger. Every call is synchronous, and what it changes is one transaction. */
export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #settings: LedgerSettings;

  constructor(ports: LedgerPorts, settings: LedgerSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Idempotent: skips what was accepted before. Throws if the storage does; nothing is accepted then. */
  accept(report: HubReport): Ack {
    return this.#transact((transaction) => {
      const { hub, outboxId, events, stats } = report;
      const cursor = this.#cursorOf(transaction, report);
      const fresh = events.filter(({ sequence }) => sequence > cursor.sequence);
      const missing = (fresh[0]?.sequence ?? 0) - cursor.sequence - 1;
      // A gap means that the outbox dropped events. Without a cursor it may only mean that ours was pruned.
      if (cursor.sequence > 0 && missing > 0) transaction.countDropped(missing);
      for (const event of fresh) this.#acceptEvent(transaction, hub, outboxId, event);
      const newStats = stats === null || cursor.statsIds.includes(stats.id) ? null : stats;
      if (newStats !== null) this.#acceptStats(transaction, hub, newStats);
      const sequence = fresh.at(-1)?.sequence ?? cursor.sequence;
      // Stored for repeats too, so that `lastReportAtMs` keeps the cursor from being pruned.
      if (events.length > 0 || stats !== null) {
        const statsIds = newStats === null ? cursor.statsIds : [...cursor.statsIds, newStats.id];
        this.#ports.stores.cursors.put(hub, outboxId, {
          sequence,
          statsIds: statsIds.slice(-REMEMBERED_STATS_IDS),
          lastReportAtMs: this.#ports.now(),
        });
      }
      return { throughSequence: sequence };
    });
  }

  /** Emits the counts of every minute that is over. */
  emitSummaries(): void {
    const { stores, now } = this.#ports;
    const nowMs = now();
    const due = [...stores.summaries.all()].filter(
      ({ sinceMs }) => sinceMs + SUMMARY_PERIOD_MS <= nowMs,
    );
    if (due.length === 0) return;
    this.#transact((transaction) => {
      for (const { hub, type, count, sinceMs } of due) {
        stores.summaries.remove(hub, type);
        const since = new Date(sinceMs).toISOString();
        const until = new Date(nowMs).toISOString();
        const body = { type, data: { count, since, until } };
        this.#record(transaction, hub, `${hub}.${type}.${sinceMs}`, { atMs: nowMs, body });
      }
    });
  }

  /** When the next minute of counts is over; null: nothing is counted. */
  nextSummaryMs(): number | null {
    let nextMs: number | null = null;
    for (const { sinceMs } of this.#ports.stores.summaries.all()) {
      const atMs = sinceMs + SUMMARY_PERIOD_MS;
      if (nextMs === null || atMs < nextMs) nextMs = atMs;
    }
    return nextMs;
  }

  /** Queues parked events again, each for the sinks that refused it; null: all of them. Returns how many there were. */
  requeueParked(sequences: readonly number[] | null): number {
    const { parked, queue } = this.#ports.stores;
    return this.#ports.stores.transaction(() => {
      let count = 0;
      for (const { event, sinks } of sequences === null
        ? allOf(parked)
        : someOf(parked, sequences)) {
        for (const sink of sinks) queue.requeue(event, sink);
        parked.remove(event.sequence);
        count += 1;
      }
      return count;
    });
  }

  countPublish(result: PublishResult): void {
    this.#transact((transaction) => transaction.add(samplesOfPublish(result)));
  }

  #cursorOf(
    transaction: LedgerTransaction,
    { hub, outboxId }: HubReport,
  ): Omit<OutboxCursor, "lastReportAtMs"> {
    const { stores, now } = this.#ports;
    const known = stores.cursors.find(hub, outboxId);
    if (known !== undefined) return known;
    const { pruneCursor } = transaction.state;
    transaction.movePruneCursor(pruneIdleOutboxes(stores, hub, pruneCursor, now()));
    return { sequence: 0, statsIds: [] };
  }

  #acceptEvent(
    transaction: LedgerTransaction,
    hub: string,
    outboxId: string,
    event: HubReport["events"][number],
  ): void {
    indexSession(this.#ports.stores.sessions, hub, event);
    const samples = samplesOfEvent(event);
    if (samples.length > 0) transaction.add(samples);
    this.#record(transaction, hub, `${outboxId}.${event.sequence}`, event);
  }

  #acceptStats(transaction: LedgerTransaction, hub: string, stats: StatsDelta): void {
    const { id, atMs, deltas, summaries, immediateEvents } = stats;
    transaction.add(deltas);
    for (const type of SUMMARY_TYPES) {
      const count = summaries[type] ?? 0;
      if (count > 0) this.#ports.stores.summaries.add({ hub, type, count, sinceMs: atMs });
    }
    immediateEvents.forEach((body, index) => {
      this.#record(transaction, hub, `${id}.${index}`, { atMs, body });
    });
  }

  #record(transaction: LedgerTransaction, hub: string, id: string, { atMs, body }: NewEvent): void {
    const partition = partitionOf(hub);
    const sequence = transaction.nextSequence();
    const event: StoredEvent = { ...body, id, hub, partition, atMs, sequence };
    transaction.toEmit.push(event);
    if (!this.#settings.storesEvents) return;
    this.#makeRoom(transaction, partition);
    this.#ports.stores.queue.append(event);
  }

  /** Drops up to two events for each that comes: a bound that was lowered is reached step by step. */
  #makeRoom(transaction: LedgerTransaction, partition: string): void {
    const { queue, parked } = this.#ports.stores;
    for (let drops = 0; drops < 2; drops += 1) {
      if (queue.count + parked.count < this.#settings.maxStored) return;
      const oldest = this.#dropParked() ?? queue.dropOldest(partition);
      if (oldest !== undefined) transaction.drop(oldest);
    }
  }

  /** Parked events go first. */
  #dropParked(): StoredEvent | undefined {
    const { parked } = this.#ports.stores;
    const [oldest] = parked.count > 0 ? parked.page(0, 1) : [];
    if (oldest !== undefined) parked.remove(oldest.event.sequence);
    return oldest?.event;
  }

  /** Runs one transaction, and emits its events once they are committed. */
  #transact<Value>(run: (transaction: LedgerTransaction) => Value): Value {
    const { stores, emit, dropped } = this.#ports;
    const transaction = new LedgerTransaction(stores.state.read() ?? EMPTY_STATE);
    const value = stores.transaction(() => {
      const result = run(transaction);
      if (transaction.isDirty) stores.state.write(transaction.state);
      return result;
    });
    if (transaction.toEmit.length > 0) emit(transaction.toEmit);
    transaction.dropped.forEach(dropped);
    return value;
  }
}

function someOf(parked: ParkedEvents, sequences: readonly number[]): ParkedEvent[] {
  return [...new Set(sequences)].flatMap((sequence) => parked.find(sequence) ?? []);
}

/** Page by page: all at once may exceed the memory of a Durable Object. */
function* allOf(parked: ParkedEvents): Iterable<ParkedEvent> {
  let last = 0;
  for (
    let page = parked.page(last, PARKED_PAGE);
    page.length > 0;
    page = parked.page(last, PARKED_PAGE)
  ) {
    yield* page;
    last = page.at(-1)?.event.sequence ?? last;
  }
}
