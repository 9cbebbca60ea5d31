/**
 * What one sink has of its own in the Ledger's SQLite: its cursor and its retry state in each partition, and the parked
 * events that were requeued for it. The events that it shares with other sinks are in `event-queue.ts`.
 */
import type { RetryState } from "../../events/ports.ts";
import type { StoredEvent } from "../../events/event-types.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";

type CursorRow = { partition: string; sequence: number };
type RetryRow = { partition: string; tries: number; retry_at_ms: number; reason: string };
type CountRow = { partition: string; n: number };

/** A copy of the cursors, the retry states and the counts, so that nothing is read from their tables again. */
interface Memory {
  readonly cursors: Map<string, number>;
  readonly retryStates: Map<string, RetryState>;
  /** The number of requeued events, by partition. */
  readonly requeued: Map<string, number>;
}

/** The rows of one sink, configured or not. */
export class SqlSinkState {
  readonly #sql: SqlStorage;
  readonly #sink: string;
  #remembered: Memory | undefined;

  constructor(sql: SqlStorage, sink: string) {
    this.#sql = sql;
    this.#sink = sink;
  }

  /** Forgets the cached state. Call it after a rollback. */
  forget(): void {
    this.#remembered = undefined;
  }

  /** The sequence up to which the sink is done with the queue's events of the partition; 0: it has not begun. */
  cursor(partition: string): number {
    return this.#memory.cursors.get(partition) ?? 0;
  }

  setCursor(partition: string, sequence: number): void {
    const { cursors } = this.#memory;
    this.#sql.exec(
      "INSERT OR REPLACE INTO sink_cursors (sink, partition, sequence) VALUES (?, ?, ?)",
      this.#sink,
      partition,
      sequence,
    );
    cursors.set(partition, sequence);
  }

  retryState(partition: string): RetryState | undefined {
    return this.#memory.retryStates.get(partition);
  }

  setRetryState(partition: string, retryState: RetryState | null): void {
    const { retryStates } = this.#memory;
    if (retryState === null) {
      this.#sql.exec(
        "DELETE FROM sink_retries WHERE sink = ? AND partition = ?",
        this.#sink,
        partition,
      );
      retryStates.delete(partition);
      return;
    }
    const { tries, retryAtMs, reason } = retryState;
    this.#sql.exec(
      "INSERT OR REPLACE INTO sink_retries (sink, partition, tries, retry_at_ms, reason) VALUES (?, ?, ?, ?, ?)",
      this.#sink,
      partition,
      tries,
      retryAtMs,
      reason,
    );
    retryStates.set(partition, retryState);
  }

  /** Puts back a parked event, for this sink alone. */
  requeue(event: StoredEvent): void {
    const { requeued } = this.#memory;
    this.#sql.exec(
      "INSERT INTO requeued (sink, partition, hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      this.#sink,
      event.partition,
      ...toBindings(event),
    );
    requeued.set(event.partition, (requeued.get(event.partition) ?? 0) + 1);
  }

  requeuedHead(partition: string, limit: number): StoredEvent[] {
    if (!this.#memory.requeued.has(partition)) return [];
    const rows = this.#sql.exec<EventRow>(
      "SELECT * FROM requeued WHERE sink = ? AND partition = ? ORDER BY sequence LIMIT ?",
      this.#sink,
      partition,
      limit,
    );
    return Array.from(rows, (row) => fromRow(row, partition));
  }

  /** Returns those that were there. */
  removeRequeued(partition: string, sequences: readonly number[]): number[] {
    const { requeued } = this.#memory;
    const count = requeued.get(partition);
    if (count === undefined) return [];
    const rows = this.#sql.exec<{ sequence: number }>(
      `DELETE FROM requeued WHERE sink = ? AND partition = ? AND sequence IN (SELECT value FROM json_each(?))
       RETURNING sequence`,
      this.#sink,
      partition,
      JSON.stringify(sequences),
    );
    const removed = Array.from(rows, ({ sequence }) => sequence);
    if (removed.length < count) requeued.set(partition, count - removed.length);
    else requeued.delete(partition);
    return removed;
  }

  /** The partitions that have a requeued event. */
  requeuedPartitions(): Iterable<string> {
    return this.#memory.requeued.keys();
  }

  get requeuedCount(): number {
    let sum = 0;
    for (const count of this.#memory.requeued.values()) sum += count;
    return sum;
  }

  get #memory(): Memory {
    return (this.#remembered ??= this.#read());
  }

  #read(): Memory {
    const cursors = this.#sql.exec<CursorRow>(
      "SELECT partition, sequence FROM sink_cursors WHERE sink = ?",
      this.#sink,
    );
    const retries = this.#sql.exec<RetryRow>(
      "SELECT * FROM sink_retries WHERE sink = ?",
      this.#sink,
    );
    const counts = this.#sql.exec<CountRow>(
      "SELECT partition, count(*) AS n FROM requeued WHERE sink = ? GROUP BY partition",
      this.#sink,
    );
    return {
      cursors: new Map(Array.from(cursors, ({ partition, sequence }) => [partition, sequence])),
      retryStates: new Map(Array.from(retries, (row) => [row.partition, toRetryState(row)])),
      requeued: new Map(Array.from(counts, ({ partition, n }) => [partition, n])),
    };
  }
}

function toRetryState({ tries, retry_at_ms: retryAtMs, reason }: RetryRow): RetryState {
  return { tries, retryAtMs, reason };
}
