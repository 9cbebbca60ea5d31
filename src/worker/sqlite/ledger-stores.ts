/** All that a Ledger keeps, in one SQLite database. */
import type {
  LedgerState,
  LedgerStores,
  OutboxCursor,
  OutboxCursorStore,
  StateStore,
  Summary,
  SummaryStore,
} from "../../ledger/ports.ts";
import type { SummaryType } from "../../ledger/contract.ts";
import { SqlEventQueue } from "./event-queue.ts";
import { SqlParkedEvents } from "./parked-events.ts";
import { SqlSessionIndex } from "./session-index.ts";

export function sqlLedgerStores(storage: DurableObjectStorage): LedgerStores {
  const { sql } = storage;
  const sessions = new SqlSessionIndex(sql);
  const queue = new SqlEventQueue(storage);
  const parked = new SqlParkedEvents(sql);
  const state = new SqlStateStore(sql);
  return {
    progress: new SqlProgressStore(sql),
    sessions,
    queue,
    parked,
    summaries: new SqlSummaryStore(sql),
    state,
    transaction(run) {
      try {
        return storage.transactionSync(run);
      } catch (error) {
        for (const store of [sessions, queue, parked, state]) store.recall();
        throw error;
      }
    },
  };
}

const PROGRESS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS outboxes (
    hub TEXT NOT NULL,
    outbox_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tally_ids TEXT NOT NULL,
    heard_at_ms INTEGER NOT NULL,
    PRIMARY KEY (hub, outbox_id)
  ) WITHOUT ROWID`;

type ProgressRow = { seq: number; tally_ids: string; heard_at_ms: number };

class SqlProgressStore implements OutboxCursorStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(PROGRESS_SCHEMA);
  }

  find(hub: string, outboxId: string): OutboxCursor | undefined {
    const [row] = this.#sql.exec<ProgressRow>(
      "SELECT * FROM outboxes WHERE hub = ? AND outbox_id = ?",
      hub,
      outboxId,
    );
    if (row === undefined) return undefined;
    // Only `put` writes it.
    const tallyIds = JSON.parse(row.tally_ids) as string[];
    return { seq: row.seq, tallyIds, lastReportAtMs: row.heard_at_ms };
  }

  put(hub: string, outboxId: string, { seq, tallyIds, lastReportAtMs }: OutboxCursor): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO outboxes (hub, outbox_id, seq, tally_ids, heard_at_ms) VALUES (?, ?, ?, ?, ?)",
      hub,
      outboxId,
      seq,
      JSON.stringify(tallyIds),
      lastReportAtMs,
    );
  }

  forget(hub: string, sinceMs: number): void {
    this.#sql.exec("DELETE FROM outboxes WHERE hub = ? AND heard_at_ms < ?", hub, sinceMs);
  }

  hubAfter(hub: string): string | undefined {
    const [row] = this.#sql.exec<{ hub: string }>(
      "SELECT hub FROM outboxes WHERE hub > ? ORDER BY hub LIMIT 1",
      hub,
    );
    return row?.hub;
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
  /** undefined: not read yet, or never written. */
  #state: LedgerState | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(STATE_SCHEMA);
  }

  /** To be called when a transaction was rolled back: what is remembered may be of it. */
  recall(): void {
    this.#state = undefined;
  }

  read(): LedgerState | undefined {
    if (this.#state !== undefined) return this.#state;
    const [row] = this.#sql.exec<{ json: string }>("SELECT json FROM state");
    // Only `write` writes it; a version before there was a walk wrote none.
    const known = row && (JSON.parse(row.json) as Omit<LedgerState, "walkedTo">);
    this.#state = known && { walkedTo: "", ...known };
    return this.#state;
  }

  write(state: LedgerState): void {
    this.#sql.exec("INSERT OR REPLACE INTO state (id, json) VALUES (1, ?)", JSON.stringify(state));
    this.#state = state;
  }
}
