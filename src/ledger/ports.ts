/**
 * What the Ledger keeps, as its rules need it. Everything is synchronous. What one report changes MUST become durable
 * together, or not at all. The Durable Object implements these on SQLite, the tests run them on Node's SQLite.
 */
import type { StoredEvent } from "../events/event-types.ts";
import type { SinkQueue } from "../events/ports.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { SummaryType } from "./contract.ts";

/** How far the reports from one outbox of a hub were taken. */
export interface OutboxCursor {
  /** Of the last event that was taken. */
  readonly sequence: number;
  /** The stats deltas that were added last, the newest at the end. */
  readonly statsIds: readonly string[];
  /** When the last report came, even if it was a repeated one. */
  readonly lastReportAtMs: number;
}

/** By hub and outbox: late reports from an outbox that was deleted are still recognized. */
export interface OutboxCursorStore {
  find(hub: string, outboxId: string): OutboxCursor | undefined;
  put(hub: string, outboxId: string, cursor: OutboxCursor): void;
  /** Deletes the cursors of the hub's outboxes that have not reported since. */
  prune(hub: string, sinceMs: number): void;
  /** The next hub with a cursor, in the order of names; undefined: there is none. */
  hubAfter(hub: string): string | undefined;
}

/** A live session, as the Ledger knows it from the reports. */
export interface SessionEntry {
  readonly clientId: ClientId;
  readonly sessionId: string;
  /** The name of the hub that holds the session. */
  readonly hub: string;
  readonly connectedAtMs: number;
}

/** The live sessions of every hub. */
export interface SessionIndex {
  /** Replaces the client's entry. */
  put(entry: SessionEntry): void;
  /** Does nothing if the client's entry is another session's. */
  remove(clientId: ClientId, sessionId: string): void;
  find(clientId: ClientId): SessionEntry | undefined;
  /** In the order of client ids: those that begin with `prefix` and come after `after`. */
  page(prefix: string, after: string | null, limit: number): SessionEntry[];
  readonly count: number;
}

/** Events that wait to be published: partition by partition, each in the order of their sequence. */
export interface EventQueue {
  /** Adds an event for every stored sink. */
  append(event: StoredEvent): void;
  /** Puts back a parked event, for this sink alone. It waits if the sink is not configured. */
  requeue(event: StoredEvent, sink: string): void;
  /** Removes the oldest event of the partition, or of the partition that has waited longest if that one is empty. */
  dropOldest(partition: string): StoredEvent | undefined;
  /** When the oldest event happened; null: the queue is empty. */
  oldestAtMs(): number | null;
  /** The queue as one sink sees it. @throws if the sink is not configured. */
  of(sink: string): SinkQueue;
  readonly count: number;
}

/** Why and when a sink refused an event. */
export interface Refusal {
  readonly sink: string;
  readonly reason: string;
  readonly parkedAtMs: number;
}

/** An event that at least one sink refused for good (dead-lettered). */
export interface ParkedEvent {
  readonly event: StoredEvent;
  /** The sinks that refused it. The others have it, or will get it. */
  readonly sinks: readonly string[];
  /** The sinks' reasons as one text. */
  readonly reason: string;
  readonly parkedAtMs: number;
}

/** Events that wait for a person. They hold up no other event. */
export interface ParkedEvents {
  /** Another sink may have parked the event before. */
  park(event: StoredEvent, refusal: Refusal): void;
  /** In the order of their sequence. */
  page(afterSequence: number, limit: number): ParkedEvent[];
  find(sequence: number): ParkedEvent | undefined;
  remove(sequence: number): void;
  readonly count: number;
}

/** How often something happened at a hub since `sinceMs`, when the count began. */
export interface Summary {
  readonly hub: string;
  readonly type: SummaryType;
  readonly count: number;
  readonly sinceMs: number;
}

/** What unauthenticated callers caused in the current minute. */
export interface SummaryStore {
  add(summary: Summary): void;
  all(): Iterable<Summary>;
  remove(hub: string, type: SummaryType): void;
}

/** Counters and the next sequence: small, and written as one. */
export interface LedgerState {
  readonly nextSequence: number;
  /** The hub at which the scan for idle outboxes stands (`dedup-retention.ts`); empty: before the first. */
  readonly pruneCursor: string;
  /** By the key of `Sample`. */
  readonly samples: Readonly<Record<string, number>>;
}

/** Keeps the Ledger's one `LedgerState`. */
export interface StateStore {
  /** undefined: the Ledger is new. */
  read(): LedgerState | undefined;
  write(state: LedgerState): void;
}

/** Everything that a Ledger keeps. */
export interface LedgerStores {
  readonly cursors: OutboxCursorStore;
  readonly sessions: SessionIndex;
  readonly queue: EventQueue;
  readonly parked: ParkedEvents;
  readonly summaries: SummaryStore;
  readonly state: StateStore;
  /** Runs it whole or not at all, and returns what it returned. */
  transaction<Value>(run: () => Value): Value;
}
