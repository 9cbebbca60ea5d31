/** Who is connected, and on which socket: the session rows, joined with the sockets they name. */
import type { NewEvent } from "../events/event-types.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Connected, Session, SessionId } from "./connection.ts";
import type { HubSocket, HubSockets, SessionEnd, SessionRow, SessionStore } from "./ports.ts";

export class Roster {
  readonly #sockets: HubSockets;
  readonly #sessions: SessionStore;
  /** Only saves the look-up in the rows: after an eviction it fills again, one client at a time. */
  readonly #cache = new Map<ClientId, HubSocket>();

  constructor(sockets: HubSockets, sessions: SessionStore) {
    this.#sockets = sockets;
    this.#sessions = sessions;
  }

  /** The socket that the client's session lives on. */
  find(clientId: ClientId): HubSocket | undefined {
    const cached = this.#cache.get(clientId);
    if (cached !== undefined && hasSessionOf(cached, clientId)) return cached;
    this.#cache.delete(clientId);
    const row = this.#sessions.find(clientId);
    const socket = row && this.#sockets.find(row.sessionId);
    if (socket === undefined || !hasSessionOf(socket, clientId)) return undefined;
    this.#cache.set(clientId, socket);
    return socket;
  }

  /** The client's row, where no socket lives behind it any more. */
  findOrphan(clientId: ClientId): SessionRow | undefined {
    const row = this.#sessions.find(clientId);
    return row && this.#isOrphan(row) ? row : undefined;
  }

  /** Every row without its socket: what a reset of the hub leaves behind (SE5). */
  orphans(): SessionRow[] {
    return [...this.#sessions.all()].filter((row) => this.#isOrphan(row));
  }

  begin(socket: HubSocket, sessionId: SessionId, session: Session): void {
    const { clientId, connectedAtMs } = session;
    const connected_at = new Date(connectedAtMs).toISOString();
    const data = { client_id: clientId, session_id: sessionId, connected_at };
    this.#sessions.begin(
      { clientId, sessionId, socketId: sessionId, connectedAtMs },
      { atMs: connectedAtMs, body: { type: "client.connected", data } },
    );
    this.#cache.set(clientId, socket);
  }

  /** A late end of a replaced session leaves its successor alone (SE2). */
  end(end: SessionEnd): void {
    const { clientId, sessionId } = end;
    this.#sessions.end(clientId, sessionId, disconnected(end));
    const cached = this.#cache.get(clientId);
    if (cached?.connection.id === sessionId) this.#cache.delete(clientId);
  }

  get size(): number {
    return this.#sessions.count;
  }

  #isOrphan(row: SessionRow): boolean {
    const socket = this.#sockets.find(row.sessionId);
    return socket === undefined || !hasSessionOf(socket, row.clientId);
  }
}

function disconnected(end: SessionEnd): NewEvent {
  const { clientId, sessionId, reason, connectedAtMs, atMs, messageCount } = end;
  const data = {
    client_id: clientId,
    session_id: sessionId,
    reason,
    // A clock may have been set back.
    duration_ms: Math.max(0, atMs - connectedAtMs),
    message_count: messageCount,
  };
  return { atMs, body: { type: "client.disconnected", data } };
}

function hasSessionOf(
  socket: HubSocket,
  clientId: ClientId,
): socket is HubSocket & { connection: Connected } {
  const { connection } = socket;
  return connection.state === "connected" && connection.session.clientId === clientId;
}
