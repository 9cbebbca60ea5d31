/** Session rows in the Durable Object's SQLite: written at connect, deleted at the end, read to route after a wake. */
import type { EventBody } from "../../events/event-types.ts";
import type { SessionEnd, SessionRow, SessionStore } from "../../hub/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import type { Outbox } from "./outbox.ts";

/** WITHOUT ROWID: the client id is the table's own order, so that a session costs one row written, not two. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    client_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    connected_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID`;

type Row = { client_id: string; session_id: string; connected_at_ms: number };

export class SqlSessionStore implements SessionStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;
  #count: number;

  constructor(storage: DurableObjectStorage, outbox: Outbox) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#outbox = outbox;
    this.#sql.exec(SCHEMA);
    this.#count = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
  }

  find(clientId: ClientId): SessionRow | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM sessions WHERE client_id = ?", clientId);
    return row && toSessionRow(row);
  }

  begin({ clientId, sessionId, connectedAtMs }: SessionRow): void {
    const connected_at = new Date(connectedAtMs).toISOString();
    const data = { client_id: clientId, session_id: sessionId, connected_at };
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        "INSERT INTO sessions (client_id, session_id, connected_at_ms) VALUES (?, ?, ?)",
        clientId,
        sessionId,
        connectedAtMs,
      );
      this.#outbox.append(connectedAtMs, { type: "client.connected", data });
    });
    this.#count += 1;
  }

  end(end: SessionEnd): void {
    const isEnded = this.#storage.transactionSync(() => {
      const { rowsWritten } = this.#sql.exec(
        "DELETE FROM sessions WHERE client_id = ? AND session_id = ?",
        end.clientId,
        end.sessionId,
      );
      if (rowsWritten > 0) this.#outbox.append(end.atMs, disconnected(end));
      return rowsWritten > 0;
    });
    if (isEnded) this.#count -= 1;
  }

  *all(): Iterable<SessionRow> {
    for (const row of this.#sql.exec<Row>("SELECT * FROM sessions")) yield toSessionRow(row);
  }

  get count(): number {
    return this.#count;
  }
}

function disconnected(end: SessionEnd): EventBody {
  const { clientId, sessionId, reason, connectedAtMs, atMs, messageCount } = end;
  return {
    type: "client.disconnected",
    data: {
      client_id: clientId,
      session_id: sessionId,
      reason,
      // A clock may have been set back.
      duration_ms: Math.max(0, atMs - connectedAtMs),
      message_count: messageCount,
    },
  };
}

function toSessionRow(row: Row): SessionRow {
  return {
    // Only `begin` writes rows, and takes nothing but a client id.
    clientId: row.client_id as ClientId,
    sessionId: row.session_id,
    connectedAtMs: row.connected_at_ms,
  };
}
