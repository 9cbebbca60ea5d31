/** Everything that a Ledger keeps, in one SQLite database. */
import { currentKey } from "../../metrics/samples.ts";
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
import { LEDGER_MIGRATIONS, migrate } from "./migrations.ts";
import { SqlParkedEvents } from "./parked-events.ts";
import { SqlSessionIndex } from "./session-index.ts";

/** `sinks`: the names of the stored sinks that are configured. @throws as `migrate` does. */
export function sqlLedgerStores(
  storage: DurableObjectStorage,
  sinks: readonly string[],
): LedgerStores {
  migrate(storage, LEDGER_MIGRATIONS);
  const { sql } = storage;
  const sessions = new SqlSessionIndex(sql);
  const queue = new SqlEventQueue(sql, sinks);
  const parked = new SqlParkedEvents(sql);
  const state = new SqlStateStore(sql);
  return {
    cursors: new SqlOutboxCursorStore(sql),
    sessions,
    queue,
    parked,
    summaries: new SqlSummaryStore(sql),
    state,
    transaction(run) {
      try {
        return storage.transactionSync(run);
      } catch (error) {
        for (const store of [sessions, queue, parked, state]) store.forget();
        throw error;
      }
    },
  };
}

type CursorRow = { seq: number; tally_ids: string; heard_at_ms: number };

class SqlOutboxCursorStore implements OutboxCursorStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  find(hub: string, outboxId: string): OutboxCursor | undefined {
    const [row] = this.#sql.exec<CursorRow>(
      "SELECT * FROM outboxes WHERE hub = ? AND outbox_id = ?",
      hub,
      outboxId,
    );
    if (row === undefined) return undefined;
    // Only `put` writes it.
    const statsIds = JSON.parse(row.tally_ids) as string[];
    return { sequence: row.seq, statsIds, lastReportAtMs: row.heard_at_ms };
  }

  put(hub: string, outboxId: string, { sequence, statsIds, lastReportAtMs }: OutboxCursor): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO outboxes (hub, outbox_id, seq, tally_ids, heard_at_ms) VALUES (?, ?, ?, ?, ?)",
      hub,
      outboxId,
      sequence,
      JSON.stringify(statsIds),
      lastReportAtMs,
    );
  }

  prune(hub: string, sinceMs: number): void {
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

type SummaryRow = { hub: string; type: string; count: number; since_ms: number };

class SqlSummaryStore implements SummaryStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
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
    const rows = this.#sql.exec<SummaryRow>("SELECT * FROM summaries");
    for (const { hub, type, count, since_ms: sinceMs } of rows) {
      // `add` takes no other types.
      yield { hub, type: type as SummaryType, count, sinceMs };
    }
  }

  remove(hub: string, type: SummaryType): void {
    this.#sql.exec("DELETE FROM summaries WHERE hub = ? AND type = ?", hub, type);
  }
}

/** The state's JSON. Releases before this one read these names, too. */
interface StateJson {
  readonly nextSequence: number;
  /** Missing in rows of the first releases. */
  readonly walkedTo?: string;
  readonly samples: Readonly<Record<string, number>>;
}

class SqlStateStore implements StateStore {
  readonly #sql: SqlStorage;
  /** undefined: not read yet, or never written. */
  #state: LedgerState | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Forgets the cached state. Call it after a rollback. */
  forget(): void {
    this.#state = undefined;
  }

  read(): LedgerState | undefined {
    if (this.#state !== undefined) return this.#state;
    const [row] = this.#sql.exec<{ json: string }>("SELECT json FROM state");
    // Only `write` writes it.
    this.#state = row && toState(JSON.parse(row.json) as StateJson);
    return this.#state;
  }

  write(state: LedgerState): void {
    const { nextSequence, pruneCursor, samples } = state;
    const json: StateJson = { nextSequence, walkedTo: pruneCursor, samples };
    this.#sql.exec("INSERT OR REPLACE INTO state (id, json) VALUES (1, ?)", JSON.stringify(json));
    this.#state = state;
  }
}

/** A counter that an earlier release kept under another name goes on under today's. */
function toState({ nextSequence, walkedTo = "", samples: stored }: StateJson): LedgerState {
  const samples: Record<string, number> = {};
  for (const [key, value] of Object.entries(stored)) {
    samples[currentKey(key)] = (samples[currentKey(key)] ?? 0) + value;
  }
  return { nextSequence, pruneCursor: walkedTo, samples };
}
