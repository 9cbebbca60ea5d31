/** Session rows in the hub's SQLite: written when a session begins, deleted when it ends, read to route after a wake. */
import type { NewEvent } from "../../events/event-types.ts";
import type { SessionRow, SessionStore } from "../../hub/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import type { Outbox } from "./outbox.ts";

type Row = {
  client_id: string;
  session_id: string;
  socket_id: string | null;
  connected_at_ms: number;
};

/** In the column `socket_id`, for a session on no socket. */
const DETACHED = "";

export class SqlSessionStore implements SessionStore {
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  readonly #outbox: Outbox;
  #count: number;

  constructor(storage: DurableObjectStorage, outbox: Outbox) {
    this.#storage = storage;
    this.#sql = storage.sql;
    this.#outbox = outbox;
    this.#count = this.#sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one().n;
  }

  find(clientId: ClientId): SessionRow | undefined {
    const [row] = this.#sql.exec<Row>("SELECT * FROM sessions WHERE client_id = ?", clientId);
    return row && toSessionRow(row);
  }

  begin({ clientId, sessionId, socketId, connectedAtMs }: SessionRow, event: NewEvent): void {
    this.#storage.transactionSync(() => {
      this.#sql.exec(
        "INSERT INTO sessions (client_id, session_id, socket_id, connected_at_ms) VALUES (?, ?, ?, ?)",
        clientId,
        sessionId,
        socketId ?? DETACHED,
        connectedAtMs,
      );
      this.#outbox.append(event);
    });
    this.#count += 1;
  }

  end(clientId: ClientId, sessionId: SessionRow["sessionId"], event: NewEvent): boolean {
    const isEnded = this.#storage.transactionSync(() => {
      const { rowsWritten } = this.#sql.exec(
        "DELETE FROM sessions WHERE client_id = ? AND session_id = ?",
        clientId,
        sessionId,
      );
      if (rowsWritten > 0) this.#outbox.append(event);
      return rowsWritten > 0;
    });
    if (isEnded) this.#count -= 1;
    return isEnded;
  }

  *all(): Iterable<SessionRow> {
    for (const row of this.#sql.exec<Row>("SELECT * FROM sessions")) yield toSessionRow(row);
  }

  get count(): number {
    return this.#count;
  }
}

function toSessionRow({ client_id, session_id, socket_id, connected_at_ms }: Row): SessionRow {
  // A release that does not know the column leaves null; its sockets are tagged with the session's id.
  const socketId = socket_id ?? session_id;
  return {
    // Only `begin` writes rows, and it takes a client id.
    clientId: client_id as ClientId,
    sessionId: session_id,
    socketId: socketId === DETACHED ? null : socketId,
    connectedAtMs: connected_at_ms,
  };
}
