/** Events that were refused for good, in the Ledger's SQLite. */
import type { ParkedEvent, ParkedEvents } from "../../ledger/ports.ts";
import { lineOf } from "../../ledger/partition.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS parked (
    hub TEXT NOT NULL,
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    reason TEXT NOT NULL,
    parked_at_ms INTEGER NOT NULL
  )`;

type ParkedRow = EventRow & { reason: string; parked_at_ms: number };

export class SqlParkedEvents implements ParkedEvents {
  readonly #sql: SqlStorage;
  /** undefined: not counted yet. */
  #count: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
  }

  /** To be called when a transaction was rolled back: what is remembered may be of it. */
  recall(): void {
    this.#count = undefined;
  }

  park({ event, reason, parkedAtMs }: ParkedEvent): void {
    const { count } = this;
    this.#sql.exec(
      `INSERT INTO parked (hub, sequence, id, at_ms, type, data, reason, parked_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...toBindings(event),
      reason,
      parkedAtMs,
    );
    this.#count = count + 1;
  }

  page(afterSequence: number, limit: number): ParkedEvent[] {
    const rows = this.#sql.exec<ParkedRow>(
      "SELECT * FROM parked WHERE sequence > ? ORDER BY sequence LIMIT ?",
      afterSequence,
      limit,
    );
    return Array.from(rows, toParked);
  }

  find(sequence: number): ParkedEvent | undefined {
    const [row] = this.#sql.exec<ParkedRow>("SELECT * FROM parked WHERE sequence = ?", sequence);
    return row && toParked(row);
  }

  remove(sequence: number): void {
    const { count } = this;
    const { rowsWritten } = this.#sql.exec("DELETE FROM parked WHERE sequence = ?", sequence);
    this.#count = count - rowsWritten;
  }

  get count(): number {
    this.#count ??= this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM parked").one().n;
    return this.#count;
  }
}

function toParked(row: ParkedRow): ParkedEvent {
  return { event: fromRow(row, lineOf(row.hub)), reason: row.reason, parkedAtMs: row.parked_at_ms };
}
