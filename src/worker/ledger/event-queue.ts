/** Events that wait to be published, in the Ledger's SQLite: one line a hub. */
import type { StoredEvent } from "../../events/event-types.ts";
import type { EventQueue, Setback } from "../../ledger/ports.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";

/** WITHOUT ROWID: a hub's line lies in one piece, and an event costs one row written, not two. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    hub TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (hub, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS setbacks (
    hub TEXT PRIMARY KEY,
    tries INTEGER NOT NULL,
    retry_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID`;

type SetbackRow = { hub: string; tries: number; retry_at_ms: number; reason: string };

/** What is remembered of the rows: saves the search for lines. */
interface Lines {
  readonly hubs: Set<string>;
  readonly setbacks: Map<string, Setback>;
  count: number;
}

export class SqlEventQueue implements EventQueue {
  readonly #sql: SqlStorage;
  #lines: Lines | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** To be called when a transaction was rolled back: what is remembered may be of it. */
  recall(): void {
    this.#lines = undefined;
  }

  append(event: StoredEvent): void {
    const lines = this.#known;
    this.#sql.exec(
      "INSERT INTO events (hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?)",
      ...toBindings(event),
    );
    lines.hubs.add(event.hub);
    lines.count += 1;
  }

  hubs(): Iterable<string> {
    return this.#known.hubs;
  }

  head(hub: string, limit: number): StoredEvent[] {
    const rows = this.#sql.exec<EventRow>(
      "SELECT * FROM events WHERE hub = ? ORDER BY sequence LIMIT ?",
      hub,
      limit,
    );
    return Array.from(rows, fromRow);
  }

  remove(hub: string, sequences: readonly number[]): ReadonlySet<number> {
    const lines = this.#known;
    const rows = this.#sql.exec<{ sequence: number }>(
      `DELETE FROM events WHERE hub = ? AND sequence IN (SELECT value FROM json_each(?))
       RETURNING sequence`,
      hub,
      JSON.stringify(sequences),
    );
    const removed = new Set(Array.from(rows, ({ sequence }) => sequence));
    lines.count -= removed.size;
    // A line that goes on goes to the end of the Set.
    lines.hubs.delete(hub);
    if (this.head(hub, 1).length > 0) lines.hubs.add(hub);
    return removed;
  }

  setback(hub: string): Setback | undefined {
    return this.#known.setbacks.get(hub);
  }

  setSetback(hub: string, setback: Setback | null): void {
    const { setbacks } = this.#known;
    if (setback === null) {
      this.#sql.exec("DELETE FROM setbacks WHERE hub = ?", hub);
      setbacks.delete(hub);
      return;
    }
    const { tries, retryAtMs, reason } = setback;
    this.#sql.exec(
      "INSERT OR REPLACE INTO setbacks (hub, tries, retry_at_ms, reason) VALUES (?, ?, ?, ?)",
      hub,
      tries,
      retryAtMs,
      reason,
    );
    setbacks.set(hub, setback);
  }

  get count(): number {
    return this.#known.count;
  }

  get #known(): Lines {
    return (this.#lines ??= this.#read());
  }

  #read(): Lines {
    const hubs = new Set<string>();
    for (let hub = this.#hubAfter(""); hub !== undefined; hub = this.#hubAfter(hub)) hubs.add(hub);
    const setbacks = new Map<string, Setback>();
    for (const row of this.#sql.exec<SetbackRow>("SELECT * FROM setbacks")) {
      const { hub, tries, retry_at_ms: retryAtMs, reason } = row;
      setbacks.set(hub, { tries, retryAtMs, reason });
    }
    const { n } = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM events").one();
    return { hubs, setbacks, count: n };
  }

  /** A jump along the key from line to line: as many look-ups as there are lines, not as there are events. */
  #hubAfter(hub: string): string | undefined {
    const [row] = this.#sql.exec<{ hub: string }>(
      "SELECT hub FROM events WHERE hub > ? ORDER BY hub LIMIT 1",
      hub,
    );
    return row?.hub;
  }
}
