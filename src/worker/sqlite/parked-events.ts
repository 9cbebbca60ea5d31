/** Events that a sink refused for good, in the Ledger's SQLite: one row per event, however many sinks refused it. */
import { partitionOf } from "../../ledger/partition.ts";
import type { ParkedEvent, ParkedEvents, Refusal } from "../../ledger/ports.ts";
import type { StoredEvent } from "../../events/event-types.ts";
import { fromRow, toBindings, type EventRow } from "./event-row.ts";

/** `sinks` is a list in JSON; null: a release that knew no sink but Pub/Sub wrote the row. */
type ParkedRow = EventRow & { reason: string; parked_at_ms: number; sinks: string | null };

const FORMER_SINK = "pubsub";

/** Caches how many there are, since every event that the Ledger appends asks for it. */
export class SqlParkedEvents implements ParkedEvents {
  readonly #sql: SqlStorage;
  /** undefined: not counted yet. */
  #count: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Forgets the cached state. Call it after a rollback. */
  forget(): void {
    this.#count = undefined;
  }

  park(event: StoredEvent, refusal: Refusal): void {
    const { count } = this;
    const known = this.find(event.sequence);
    const { sinks, reason } = known === undefined ? only(refusal) : also(known, refusal);
    this.#sql.exec(
      `INSERT OR REPLACE INTO parked (hub, sequence, id, at_ms, type, data, reason, parked_at_ms, sinks)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...toBindings(event),
      reason,
      refusal.parkedAtMs,
      JSON.stringify(sinks),
    );
    this.#count = known === undefined ? count + 1 : count;
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

type Refused = Pick<ParkedEvent, "sinks" | "reason">;

function only({ sink, reason }: Refusal): Refused {
  return { sinks: [sink], reason };
}

/** The reasons of several sinks in one sentence, each behind the name of its sink. */
function also({ sinks, reason }: Refused, refusal: Refusal): Refused {
  const [first] = sinks;
  const before = sinks.length === 1 ? `${first}: ${reason}` : reason;
  return {
    sinks: [...new Set([...sinks, refusal.sink])],
    reason: `${before}; ${refusal.sink}: ${refusal.reason}`,
  };
}

function toParked(row: ParkedRow): ParkedEvent {
  // Only `park` writes the column.
  const sinks = row.sinks === null ? [FORMER_SINK] : (JSON.parse(row.sinks) as string[]);
  const event = fromRow(row, partitionOf(row.hub));
  return { event, sinks, reason: row.reason, parkedAtMs: row.parked_at_ms };
}
