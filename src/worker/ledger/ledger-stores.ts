/** All that a Ledger keeps, in one SQLite database. */
import type {
  LedgerState,
  LedgerStores,
  Progress,
  ProgressStore,
  StateStore,
  Summary,
  SummaryStore,
} from "../../ledger/ports.ts";
import type { SummaryType } from "../../ledger/report.ts";
import { SqlEventQueue } from "./event-queue.ts";
import { SqlParkedEvents } from "./parked-events.ts";
import { SqlSessionIndex } from "./session-index.ts";

export function sqlLedgerStores(storage: DurableObjectStorage): LedgerStores {
  const { sql } = storage;
  return {
    progress: new SqlProgressStore(sql),
    sessions: new SqlSessionIndex(sql),
    queue: new SqlEventQueue(sql),
    parked: new SqlParkedEvents(sql),
    summaries: new SqlSummaryStore(sql),
    state: new SqlStateStore(sql),
    transaction: (run) => storage.transactionSync(run),
  };
}

const PROGRESS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS progress (
    hub TEXT PRIMARY KEY,
    outbox_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tally_id TEXT
  ) WITHOUT ROWID`;

type ProgressRow = { outbox_id: string; seq: number; tally_id: string | null };

class SqlProgressStore implements ProgressStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(PROGRESS_SCHEMA);
  }

  find(hub: string): Progress | undefined {
    const [row] = this.#sql.exec<ProgressRow>("SELECT * FROM progress WHERE hub = ?", hub);
    return row && { outboxId: row.outbox_id, seq: row.seq, tallyId: row.tally_id };
  }

  put(hub: string, { outboxId, seq, tallyId }: Progress): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO progress (hub, outbox_id, seq, tally_id) VALUES (?, ?, ?, ?)",
      hub,
      outboxId,
      seq,
      tallyId,
    );
  }
}

const SUMMARY_SCHEMA = `
  CREATE TABLE IF NOT EXISTS summaries (
    hub TEXT NOT NULL,
    type TEXT NOT NULL,
    count INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (hub, type)
  ) WITHOUT ROWID`;

type SummaryRow = { hub: string; type: string; count: number; since_ms: number };

class SqlSummaryStore implements SummaryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SUMMARY_SCHEMA);
  }

  add({ hub, type, count, sinceMs }: Summary): void {
    this.#sql.exec(
      `INSERT INTO summaries (hub, type, count, since_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
      hub,
      type,
      count,
      sinceMs,
    );
  }

  *all(): Iterable<Summary> {
    for (const { hub, type, count, since_ms } of this.#sql.exec<SummaryRow>(
      "SELECT * FROM summaries",
    )) {
      // `add` takes no other types.
      yield { hub, type: type as SummaryType, count, sinceMs: since_ms };
    }
  }

  remove(hub: string, type: SummaryType): void {
    this.#sql.exec("DELETE FROM summaries WHERE hub = ? AND type = ?", hub, type);
  }
}

const STATE_SCHEMA =
  "CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)";

/** One row for all counters: a row each would cost as many rows written a report as there are counters. */
class SqlStateStore implements StateStore {
  readonly #sql: SqlStorage;
  #state: LedgerState | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(STATE_SCHEMA);
    const [row] = sql.exec<{ json: string }>("SELECT json FROM state");
    // Only `write` writes it.
    this.#state = row && (JSON.parse(row.json) as LedgerState);
  }

  read(): LedgerState | undefined {
    return this.#state;
  }

  write(state: LedgerState): void {
    this.#sql.exec("INSERT OR REPLACE INTO state (id, json) VALUES (1, ?)", JSON.stringify(state));
    this.#state = state;
  }
}
