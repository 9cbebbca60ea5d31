/** The live sessions of every hub, in the Ledger's SQLite. */
import type { SessionEntry, SessionIndex } from "../../ledger/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";

type Row = { client_id: string; session_id: string; hub: string; connected_at_ms: number };

/** Caches how many there are. */
export class SqlSessionIndex implements SessionIndex {
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

  put({ clientId, sessionId, hub, connectedAtMs }: SessionEntry): void {
    const count = this.find(clientId) === undefined ? this.count + 1 : this.count;
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (client_id, session_id, hub, connected_at_ms) VALUES (?, ?, ?, ?)",
      clientId,
      sessionId,
      hub,
      connectedAtMs,
    );
    this.#count = count;
  }

  remove(clientId: ClientId, sessionId: string): void {
    const { count } = this;
    const { rowsWritten } = this.#sql.exec(
      "DELETE FROM sessions WHERE client_id = ? AND session_id = ?",
      clientId,
      sessionId,
    );
    this.#count = count - rowsWritten;
  }

  find(clientId: ClientId): SessionEntry | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM sessions WHERE client_id = ?", clientId);
    return row && toEntry(row);
  }

  /** Reads the rows of the page alone: both ends of the range bound the key, and `+` keeps the third condition from doing so. */
  page(prefix: string, after: string | null, limit: number): SessionEntry[] {
    const rows = this.#sql.exec<Row>(
      `SELECT * FROM sessions
       WHERE client_id >= max(?1, ?2) AND +client_id > ?2 AND client_id < CAST(?3 AS TEXT)
       ORDER BY client_id LIMIT ?4`,
      prefix,
      after ?? "",
      endOf(prefix),
      limit,
    );
    return Array.from(rows, toEntry);
  }

  get count(): number {
    this.#count ??= this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
    return this.#count;
  }
}

/** SQLite compares text by its bytes, and UTF-8 has no byte 0xff: this sorts behind every text that begins with the prefix. */
function endOf(prefix: string): ArrayBuffer {
  return Uint8Array.of(...new TextEncoder().encode(prefix), 0xff).buffer;
}

function toEntry({ client_id, session_id, hub, connected_at_ms }: Row): SessionEntry {
  return {
    // Only `put` writes rows, and it takes a client id.
    clientId: client_id as ClientId,
    sessionId: session_id,
    hub,
    connectedAtMs: connected_at_ms,
  };
}
