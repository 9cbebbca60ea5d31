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

type SetbackRow = { tries: number; retry_at_ms: number; reason: string };

export class SqlEventQueue implements EventQueue {
  readonly #sql: SqlStorage;
  /** Saves the search for lines; filled once a wake. */
  readonly #hubs = new Set<string>();
  readonly #setbacks = new Map<string, Setback>();
  #count: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    this.#count = sql.exec<{ n: number }>("SELECT count(*) AS n FROM events").one().n;
    for (let hub = this.#hubAfter(""); hub !== undefined; hub = this.#hubAfter(hub)) {
      this.#hubs.add(hub);
    }
    for (const row of sql.exec<SetbackRow & { hub: string }>("SELECT * FROM setbacks")) {
      const { tries, retry_at_ms: retryAtMs, reason } = row;
      this.#setbacks.set(row.hub, { tries, retryAtMs, reason });
    }
  }

  append(event: StoredEvent): void {
    this.#sql.exec(
      "INSERT INTO events (hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?)",
      ...toBindings(event),
    );
    this.#hubs.add(event.hub);
    this.#count += 1;
  }

  hubs(): Iterable<string> {
    return this.#hubs;
  }

  head(hub: string, limit: number): StoredEvent[] {
    const rows = this.#sql.exec<EventRow>(
      "SELECT * FROM events WHERE hub = ? ORDER BY sequence LIMIT ?",
      hub,
      limit,
    );
    return Array.from(rows, fromRow);
  }

  remove(hub: string, throughSequence: number): void {
    const { rowsWritten } = this.#sql.exec(
      "DELETE FROM events WHERE hub = ? AND sequence <= ?",
      hub,
      throughSequence,
    );
    this.#count -= rowsWritten;
    if (this.head(hub, 1).length === 0) this.#hubs.delete(hub);
  }

  setback(hub: string): Setback | undefined {
    return this.#setbacks.get(hub);
  }

  setSetback(hub: string, setback: Setback | null): void {
    if (setback === null) {
      this.#sql.exec("DELETE FROM setbacks WHERE hub = ?", hub);
      this.#setbacks.delete(hub);
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
    this.#setbacks.set(hub, setback);
  }

  get count(): number {
    return this.#count;
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
