/**
 * What the Ledger keeps, as it needs it. Everything is synchronous; what one report changes MUST become durable together,
 * or not at all. The Durable Object implements these on SQLite, the tests on plain objects.
 */
import type { ClientId } from "../protocol/client-id.ts";
import type { StoredEvent } from "../events/event-types.ts";
import type { SummaryType } from "./contract.ts";

/** How far the reports from one outbox of a hub were taken. */
export interface OutboxCursor {
  readonly seq: number;
  /** The tallies that were added last, the newest at the end. */
  readonly tallyIds: readonly string[];
  /** When a report came, be it the same again. */
  readonly lastReportAtMs: number;
}

/** By hub and outbox: what is late from an outbox that is no more is still known. */
export interface OutboxCursorStore {
  find(hub: string, outboxId: string): OutboxCursor | undefined;
  put(hub: string, outboxId: string, progress: OutboxCursor): void;
  /** Forgets the hub's outboxes of which nothing was heard since. */
  forget(hub: string, sinceMs: number): void;
  /** The next hub in the order of names of which an outbox is known; undefined: there is none. */
  hubAfter(hub: string): string | undefined;
}

export interface SessionEntry {
  readonly clientId: ClientId;
  readonly sessionId: string;
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

/** A line of events that could not be published at its last try. */
export interface RetryState {
  /** Failed tries in a row. */
  readonly tries: number;
  readonly retryAtMs: number;
  readonly reason: string;
}

/** Events to be published: line by line, each in the order of their sequence. */
export interface EventQueue {
  append(event: StoredEvent): void;
  /** Lines that hold an event. Those from which none was removed for longest come first. */
  lines(): Iterable<string>;
  head(line: string, limit: number): StoredEvent[];
  /** Which of them were there. */
  remove(line: string, sequences: readonly number[]): ReadonlySet<number>;
  retryState(line: string): RetryState | undefined;
  /** null: the line is in order again. */
  setRetryState(line: string, retryState: RetryState | null): void;
  readonly count: number;
}

export interface ParkedEvent {
  readonly event: StoredEvent;
  readonly reason: string;
  readonly parkedAtMs: number;
}

/** Events that were refused for good. They wait for a person, and keep nothing else waiting. */
export interface ParkedEvents {
  park(parked: ParkedEvent): void;
  /** In the order of their sequence. */
  page(afterSequence: number, limit: number): ParkedEvent[];
  find(sequence: number): ParkedEvent | undefined;
  remove(sequence: number): void;
  readonly count: number;
}

export interface Summary {
  readonly hub: string;
  readonly type: SummaryType;
  readonly count: number;
  readonly sinceMs: number;
}

/** What strangers caused in the minute that runs. */
export interface SummaryStore {
  add(summary: Summary): void;
  all(): Iterable<Summary>;
  remove(hub: string, type: SummaryType): void;
}

/** Counters and the next sequence: small, and written as one. */
export interface LedgerState {
  readonly nextSequence: number;
  /** The hub at which the walk for silent outboxes is (`memory.ts`); empty: before the first. */
  readonly walkedTo: string;
  /** By the key of `Sample`. */
  readonly samples: Readonly<Record<string, number>>;
}

export interface StateStore {
  /** undefined: a new ledger. */
  read(): LedgerState | undefined;
  write(state: LedgerState): void;
}

export interface LedgerStores {
  readonly progress: OutboxCursorStore;
  readonly sessions: SessionIndex;
  readonly queue: EventQueue;
  readonly parked: ParkedEvents;
  readonly summaries: SummaryStore;
  readonly state: StateStore;
  /** Runs it whole or not at all, and returns what it returned. */
  transaction<Value>(run: () => Value): Value;
}
