/** Events that wait to be published, in the Ledger's SQLite: line by line. */
import type { StoredEvent } from "../../events/event-types.ts";
import type { EventQueue, RetryState } from "../../ledger/ports.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";
import { moveOldQueue } from "./old-queue.ts";

/** WITHOUT ROWID: a line lies in one piece, and an event costs one row written, not two. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS queue (
    line TEXT NOT NULL,
    hub TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (line, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS line_setbacks (
    line TEXT PRIMARY KEY,
    tries INTEGER NOT NULL,
    retry_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID`;

type QueueRow = EventRow & { line: string };
type SetbackRow = { line: string; tries: number; retry_at_ms: number; reason: string };

/** What is remembered of the rows: saves the search for lines. */
interface Known {
  readonly lines: Set<string>;
  readonly retryStates: Map<string, RetryState>;
  count: number;
}

export class SqlEventQueue implements EventQueue {
  readonly #sql: SqlStorage;
  #remembered: Known | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    this.#sql.exec(SCHEMA);
    moveOldQueue(storage);
  }

  /** To be called when a transaction was rolled back: what is remembered may be of it. */
  recall(): void {
    this.#remembered = undefined;
  }

  append(event: StoredEvent): void {
    const known = this.#known;
    this.#sql.exec(
      "INSERT INTO queue (line, hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
      event.line,
      ...toBindings(event),
    );
    known.lines.add(event.line);
    known.count += 1;
  }

  lines(): Iterable<string> {
    return this.#known.lines;
  }

  head(line: string, limit: number): StoredEvent[] {
    const rows = this.#sql.exec<QueueRow>(
      "SELECT * FROM queue WHERE line = ? ORDER BY sequence LIMIT ?",
      line,
      limit,
    );
    return Array.from(rows, (row) => fromRow(row, row.line));
  }

  remove(line: string, sequences: readonly number[]): ReadonlySet<number> {
    const known = this.#known;
    const rows = this.#sql.exec<{ sequence: number }>(
      `DELETE FROM queue WHERE line = ? AND sequence IN (SELECT value FROM json_each(?))
       RETURNING sequence`,
      line,
      JSON.stringify(sequences),
    );
    const removed = new Set(Array.from(rows, ({ sequence }) => sequence));
    known.count -= removed.size;
    // A line that goes on goes to the end of the Set.
    known.lines.delete(line);
    if (this.head(line, 1).length > 0) known.lines.add(line);
    return removed;
  }

  retryState(line: string): RetryState | undefined {
    return this.#known.retryStates.get(line);
  }

  setRetryState(line: string, retryState: RetryState | null): void {
    const { retryStates } = this.#known;
    if (retryState === null) {
      this.#sql.exec("DELETE FROM line_setbacks WHERE line = ?", line);
      retryStates.delete(line);
      return;
    }
    const { tries, retryAtMs, reason } = retryState;
    this.#sql.exec(
      "INSERT OR REPLACE INTO line_setbacks (line, tries, retry_at_ms, reason) VALUES (?, ?, ?, ?)",
      line,
      tries,
      retryAtMs,
      reason,
    );
    retryStates.set(line, retryState);
  }

  get count(): number {
    return this.#known.count;
  }

  get #known(): Known {
    return (this.#remembered ??= this.#read());
  }

  #read(): Known {
    const lines = new Set<string>();
    for (let line = this.#lineAfter(""); line !== undefined; line = this.#lineAfter(line)) {
      lines.add(line);
    }
    const retryStates = new Map<string, RetryState>();
    for (const row of this.#sql.exec<SetbackRow>("SELECT * FROM line_setbacks")) {
      const { line, tries, retry_at_ms: retryAtMs, reason } = row;
      retryStates.set(line, { tries, retryAtMs, reason });
    }
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM queue").one();
    return { lines, retryStates, count: n };
  }

  /** A jump along the key from line to line: as many look-ups as there are lines, not as there are events. */
  #lineAfter(line: string): string | undefined {
    const [row] = this.#sql.exec<{ line: string }>(
      "SELECT line FROM queue WHERE line > ? ORDER BY line LIMIT 1",
      line,
    );
    return row?.line;
  }
}
