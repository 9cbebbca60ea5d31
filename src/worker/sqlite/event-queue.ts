/**
 * Events that wait to be published, in the Ledger's SQLite. A row stays until every configured sink is done with it. The
 * last one deletes it; the others move their cursor (`sink-state.ts`). The column `line` holds the partition; its name is
 * older.
 */
import type { StoredEvent } from "../../events/event-types.ts";
import type { SinkQueue } from "../../events/ports.ts";
import type { EventQueue } from "../../ledger/ports.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";
import { SqlSinkState } from "./sink-state.ts";

/** A cache, so that partitions need not be searched for again. In each set, the partition that lost an event most recently is last. */
interface Memory {
  /** Partitions with an event, whichever sink it waits for. */
  readonly partitions: Set<string>;
  /** By the name of a sink, the partitions with an event for that sink. */
  readonly partitionsOf: ReadonlyMap<string, Set<string>>;
  /** Rows of the table `queue`. */
  count: number;
}

/** The queue of all stored sinks. */
export class SqlEventQueue implements EventQueue {
  readonly #sql: SqlStorage;
  readonly #configured: ReadonlyMap<string, SqlSinkState>;
  /** Sinks that are not configured but have requeued events, which wait until the sink is configured again. */
  readonly #unconfigured = new Map<string, SqlSinkState>();
  #remembered: Memory | undefined;

  /** `sinks`: the names of the stored sinks that are configured. */
  constructor(sql: SqlStorage, sinks: readonly string[]) {
    this.#sql = sql;
    this.#configured = new Map(sinks.map((sink) => [sink, new SqlSinkState(sql, sink)]));
  }

  /** Forgets the cached state. Call it after a rollback. */
  forget(): void {
    this.#remembered = undefined;
    for (const state of this.#states()) state.forget();
  }

  append(event: StoredEvent): void {
    const memory = this.#memory;
    const { partition } = event;
    this.#sql.exec(
      "INSERT INTO queue (line, hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      partition,
      ...toBindings(event),
    );
    memory.count += 1;
    memory.partitions.add(partition);
    for (const partitions of memory.partitionsOf.values()) partitions.add(partition);
  }

  requeue(event: StoredEvent, sink: string): void {
    const memory = this.#memory;
    this.#stateOf(sink).requeue(event);
    memory.partitions.add(event.partition);
    memory.partitionsOf.get(sink)?.add(event.partition);
  }

  dropOldest(partition: string): StoredEvent | undefined {
    const [longestWaiting = partition] = this.#memory.partitions;
    return this.#dropHead(partition) ?? this.#dropHead(longestWaiting);
  }

  oldestAtMs(): number | null {
    let oldestMs: number | null = null;
    for (const partition of this.#memory.partitions) {
      for (const { event } of this.#heads(partition)) {
        if (oldestMs === null || event.atMs < oldestMs) oldestMs = event.atMs;
      }
    }
    return oldestMs;
  }

  of(sink: string): SinkQueue {
    const state = this.#configured.get(sink);
    if (state === undefined) throw new Error(`the sink ${sink} is not configured`);
    return {
      partitions: () => this.#memory.partitionsOf.get(sink) ?? [],
      head: (partition, limit) => this.#headFor(state, partition, limit),
      remove: (partition, sequences) => this.#remove(state, partition, sequences),
      retryState: (partition) => state.retryState(partition),
      setRetryState: (partition, retryState) => state.setRetryState(partition, retryState),
    };
  }

  get count(): number {
    let { count } = this.#memory;
    for (const state of this.#states()) count += state.requeuedCount;
    return count;
  }

  #states(): SqlSinkState[] {
    return [...this.#configured.values(), ...this.#unconfigured.values()];
  }

  #stateOf(sink: string): SqlSinkState {
    const known = this.#configured.get(sink) ?? this.#unconfigured.get(sink);
    if (known !== undefined) return known;
    const state = new SqlSinkState(this.#sql, sink);
    this.#unconfigured.set(sink, state);
    return state;
  }

  /** Merges requeued and queued events by sequence. Requeued ones come first, unless the sink has not reached their place yet. */
  #headFor(state: SqlSinkState, partition: string, limit: number): StoredEvent[] {
    const queued = this.#rowsAfter(state.cursor(partition), partition, limit);
    const requeued = state.requeuedHead(partition, limit);
    if (requeued.length === 0) return queued;
    const both = [...requeued, ...queued].toSorted((a, b) => a.sequence - b.sequence);
    return both.slice(0, limit);
  }

  #remove(
    state: SqlSinkState,
    partition: string,
    sequences: readonly number[],
  ): ReadonlySet<number> {
    const requeued = new Set(state.removeRequeued(partition, sequences));
    const queued = sequences.filter((sequence) => !requeued.has(sequence));
    // Rows up to the lowest cursor of the other sinks can be deleted; with no other sink, all.
    const others = [...this.#configured.values()].filter((other) => other !== state);
    const doneThrough = Math.min(...others.map((other) => other.cursor(partition)));
    const removed = this.#delete(
      partition,
      queued.filter((sequence) => sequence <= doneThrough),
    );
    const kept = this.#find(
      partition,
      queued.filter((sequence) => sequence > doneThrough),
    );
    const last = kept.at(-1);
    if (last !== undefined) state.setCursor(partition, last);
    this.#refresh(partition);
    return new Set([...requeued, ...removed, ...kept]);
  }

  /** The oldest event of the partition, whichever sinks it waits for. */
  #dropHead(partition: string): StoredEvent | undefined {
    const heads = this.#heads(partition).toSorted((a, b) => a.event.sequence - b.event.sequence);
    const [oldest] = heads;
    if (oldest === undefined) return undefined;
    const { event, state } = oldest;
    if (state === null) this.#delete(partition, [event.sequence]);
    else state.removeRequeued(partition, [event.sequence]);
    this.#refresh(partition);
    return event;
  }

  /** The first row of the queue, and the first requeued event of each sink. `state` null: the event is a row of the queue. */
  #heads(
    partition: string,
  ): { readonly event: StoredEvent; readonly state: SqlSinkState | null }[] {
    const requeued = this.#states().flatMap((state) =>
      state.requeuedHead(partition, 1).map((event) => ({ event, state })),
    );
    return [
      ...this.#rowsAfter(0, partition, 1).map((event) => ({ event, state: null })),
      ...requeued,
    ];
  }

  /** After a removal: a partition that still holds events goes to the end of its sets. */
  #refresh(partition: string): void {
    const { partitions, partitionsOf } = this.#memory;
    partitions.delete(partition);
    if (this.#heads(partition).length > 0) partitions.add(partition);
    for (const [sink, state] of this.#configured) {
      const own = partitionsOf.get(sink);
      own?.delete(partition);
      if (this.#headFor(state, partition, 1).length > 0) own?.add(partition);
    }
  }

  #rowsAfter(sequence: number, partition: string, limit: number): StoredEvent[] {
    const rows = this.#sql.exec<EventRow>(
      "SELECT * FROM queue WHERE line = ? AND sequence > ? ORDER BY sequence LIMIT ?",
      partition,
      sequence,
      limit,
    );
    return Array.from(rows, (row) => fromRow(row, partition));
  }

  #delete(partition: string, sequences: readonly number[]): number[] {
    const memory = this.#memory;
    const rows = this.#sql.exec<{ sequence: number }>(
      `DELETE FROM queue WHERE line = ? AND sequence IN (SELECT value FROM json_each(?))
       RETURNING sequence`,
      partition,
      JSON.stringify(sequences),
    );
    const removed = Array.from(rows, ({ sequence }) => sequence);
    memory.count -= removed.length;
    return removed;
  }

  #find(partition: string, sequences: readonly number[]): number[] {
    if (sequences.length === 0) return [];
    const rows = this.#sql.exec<{ sequence: number }>(
      `SELECT sequence FROM queue WHERE line = ? AND sequence IN (SELECT value FROM json_each(?))
       ORDER BY sequence`,
      partition,
      JSON.stringify(sequences),
    );
    return Array.from(rows, ({ sequence }) => sequence);
  }

  get #memory(): Memory {
    return (this.#remembered ??= this.#read());
  }

  #read(): Memory {
    const queued: string[] = [];
    let partition = this.#partitionAfter("");
    for (; partition !== undefined; partition = this.#partitionAfter(partition)) {
      queued.push(partition);
    }
    const sinks = this.#sql.exec<{ sink: string }>("SELECT DISTINCT sink FROM requeued");
    for (const { sink } of sinks.toArray()) this.#stateOf(sink);
    const requeued = this.#states().flatMap((state) => [...state.requeuedPartitions()]);
    const partitions = new Set([...queued, ...requeued]);
    const partitionsOf = new Map<string, Set<string>>();
    for (const [sink, state] of this.#configured) {
      const own = [...partitions].filter((each) => this.#headFor(state, each, 1).length > 0);
      partitionsOf.set(sink, new Set(own));
    }
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM queue").one();
    return { partitions, partitionsOf, count: n };
  }

  /** Jumps along the key from partition to partition: as many look-ups as there are partitions, not as there are events. */
  #partitionAfter(partition: string): string | undefined {
    const [row] = this.#sql.exec<{ line: string }>(
      "SELECT line FROM queue WHERE line > ? ORDER BY line LIMIT 1",
      partition,
    );
    return row?.line;
  }
}
