/** What a dispatcher needs of the storage. The Ledger implements it on SQLite. */
import type { StoredEvent } from "./event-types.ts";

/** A partition whose last publish failed. */
export interface RetryState {
  /** Failed attempts in a row. */
  readonly tries: number;
  readonly retryAtMs: number;
  readonly reason: string;
}

/**
 * The events that wait for one sink, partition by partition. Each sink has its own place in every partition and its own
 * retry states: what one sink does MUST NOT change what another one finds.
 */
export interface SinkQueue {
  /** Partitions that hold an event for this sink. Those from which it removed nothing for longest come first. */
  partitions(): Iterable<string>;
  /** The first events of the partition, in the order of their sequence. */
  head(partition: string, limit: number): StoredEvent[];
  /** The sink is done with these events. Returns those that were still there; MUST leave every other event alone. */
  remove(partition: string, sequences: readonly number[]): ReadonlySet<number>;
  retryState(partition: string): RetryState | undefined;
  /** null: the last publish did not fail. */
  setRetryState(partition: string, retryState: RetryState | null): void;
}
