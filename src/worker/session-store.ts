/** Session rows in the Durable Object's SQLite: written at connect, deleted at the end, read to route after a wake. */
import type { SessionId } from "../hub/connection.ts";
import type { SessionRow, SessionStore } from "../hub/ports.ts";
import type { ClientId } from "../protocol/client-id.ts";

/** WITHOUT ROWID: the client id is the table's own order, so that a session costs one row written, not two. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    client_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    connected_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID`;

type Row = { client_id: string; session_id: string; connected_at_ms: number };

export class SqlSessionStore implements SessionStore {
  readonly #sql: SqlStorage;
  #count: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(SCHEMA);
    this.#count = sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
  }

  find(clientId: ClientId): SessionRow | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM sessions WHERE client_id = ?", clientId);
    return row && toSessionRow(row);
  }

  begin({ clientId, sessionId, connectedAtMs }: SessionRow): void {
    if (this.find(clientId) === undefined) this.#count += 1;
    this.#sql.exec(
      "INSERT OR REPLACE INTO sessions (client_id, session_id, connected_at_ms) VALUES (?, ?, ?)",
      clientId,
      sessionId,
      connectedAtMs,
    );
  }

  end(clientId: ClientId, sessionId: SessionId): void {
    const { rowsWritten } = this.#sql.exec(
      "DELETE FROM sessions WHERE client_id = ? AND session_id = ?",
      clientId,
      sessionId,
    );
    if (rowsWritten > 0) this.#count -= 1;
  }

  *all(): Iterable<SessionRow> {
    for (const row of this.#sql.exec<Row>("SELECT * FROM sessions")) yield toSessionRow(row);
  }

  get count(): number {
    return this.#count;
  }
}

function toSessionRow(row: Row): SessionRow {
  return {
    // Only `begin` writes rows, and takes nothing but a client id.
    clientId: row.client_id as ClientId,
    sessionId: row.session_id,
    connectedAtMs: row.connected_at_ms,
  };
}
