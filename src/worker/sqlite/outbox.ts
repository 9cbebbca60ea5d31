/** Events of a hub until the Ledger has taken them: rows in the hub's SQLite, written together with what they are about. */
import type { EventBody, NewEvent } from "../../events/event-types.ts";
import type { OutboxEvent } from "../../ledger/contract.ts";

/** Some 25 MB: hours without a Ledger. Beyond it the oldest are dropped, which leaves a gap in the sequences. */
const MAX_ROWS = 100_000;

type Row = { seq: number; at_ms: number; type: string; data: string };

export class Outbox {
  /** Made with the table: sequences are only comparable under the same id. */
  readonly id: string;
  readonly #sql: SqlStorage;
  #count: number;

  constructor(sql: SqlStorage, newId: () => string) {
    this.#sql = sql;
    const [known] = sql.exec<{ id: string }>("SELECT id FROM outbox_id");
    this.id = known?.id ?? newId();
    if (known === undefined) sql.exec("INSERT INTO outbox_id (id) VALUES (?)", this.id);
    this.#count = sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
  }

  /** MUST be called in the transaction that writes what the event is about. */
  append({ atMs, body }: NewEvent): void {
    this.#sql.exec(
      "INSERT INTO outbox (at_ms, type, data) VALUES (?, ?, ?)",
      atMs,
      body.type,
      JSON.stringify(body.data),
    );
    this.#count += 1;
    if (this.#count > MAX_ROWS) {
      this.#delete("DELETE FROM outbox WHERE seq = (SELECT min(seq) FROM outbox)");
    }
  }

  /** The oldest events, in order. */
  head(limit: number): OutboxEvent[] {
    const rows = this.#sql.exec<Row>("SELECT * FROM outbox ORDER BY seq LIMIT ?", limit);
    const events = Array.from(rows, toEvent);
    // The outbox holds no others. After a transaction that was rolled back, the count was too high.
    if (events.length < limit) this.#count = events.length;
    return events;
  }

  /** Deletes what the Ledger has taken. */
  remove(throughSequence: number): void {
    this.#delete("DELETE FROM outbox WHERE seq <= ?", throughSequence);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  #delete(query: string, ...bindings: number[]): void {
    this.#count -= this.#sql.exec(query, ...bindings).rowsWritten;
  }
}

function toEvent({ seq: sequence, at_ms: atMs, type, data }: Row): OutboxEvent {
  // Only `append` writes rows: type and data are an event's.
  return { sequence, atMs, body: { type, data: JSON.parse(data) } as EventBody };
}
