/** The live sessions of every hub, in the Ledger's SQLite. */
import type { SessionEntry, SessionIndex } from "../../ledger/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    client_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    hub TEXT NOT NULL,
    connected_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID`;

type Row = { client_id: string; session_id: string; hub: string; connected_at_ms: number };

export class SqlSessionIndex implements SessionIndex {
  readonly #sql: SqlStorage;
  #count: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    this.#count = sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
  }

  put({ clientId, sessionId, hub, connectedAtMs }: SessionEntry): void {
    if (this.find(clientId) === undefined) this.#count += 1;
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (client_id, session_id, hub, connected_at_ms) VALUES (?, ?, ?, ?)",
      clientId,
      sessionId,
      hub,
      connectedAtMs,
    );
  }

  remove(clientId: ClientId, sessionId: string): void {
    const { rowsWritten } = this.#sql.exec(
      "DELETE FROM sessions WHERE client_id = ? AND session_id = ?",
      clientId,
      sessionId,
    );
    this.#count -= rowsWritten;
  }

  find(clientId: ClientId): SessionEntry | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM sessions WHERE client_id = ?", clientId);
    return row && toEntry(row);
  }

  /** SQLite compares text by its bytes: what begins with the prefix lies between it and the prefix's last neighbour. */
  page(prefix: string, after: string | null, limit: number): SessionEntry[] {
    const rows = this.#sql.exec<Row>(
      `SELECT * FROM sessions
       WHERE client_id >= ? AND client_id > ? AND substr(client_id, 1, length(?)) = ?
       ORDER BY client_id LIMIT ?`,
      prefix,
      after ?? "",
      prefix,
      prefix,
      limit,
    );
    return Array.from(rows, toEntry);
  }

  get count(): number {
    return this.#count;
  }
}

function toEntry({ client_id, session_id, hub, connected_at_ms }: Row): SessionEntry {
  return {
    // The Ledger puts nothing but client ids.
    clientId: client_id as ClientId,
    sessionId: session_id,
    hub,
    connectedAtMs: connected_at_ms,
  };
}
