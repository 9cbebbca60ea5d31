/**
 * The live sessions: the rows of the store, joined with the sockets that they are attached to. Makes the events of a
 * session's beginning and end; the store writes each with its row.
 */
import type { NewEvent } from "../events/event-types.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Connected, Session, SessionRef } from "./connection.ts";
import type { HubPorts, HubSocket, SessionEnd, SessionRow, SessionSocket } from "./ports.ts";

/** Finds, begins and ends sessions. */
export class Sessions {
  readonly #ports: Pick<HubPorts, "sockets" | "sessions" | "observe">;
  /** Only saves reading the row. A socket in it may have closed since. After an eviction it fills again, one client at a time. */
  readonly #cache = new Map<ClientId, HubSocket>();

  constructor(ports: Pick<HubPorts, "sockets" | "sessions" | "observe">) {
    this.#ports = ports;
  }

  /** The socket that the client's session is attached to; undefined: the client has no session, or a detached one. */
  find(clientId: ClientId): SessionSocket | undefined {
    const cached = this.#cache.get(clientId);
    if (cached !== undefined && hasSessionOf(cached, clientId)) return cached;
    this.#cache.delete(clientId);
    const row = this.#ports.sessions.find(clientId);
    const socket = row && this.#socketOf(row);
    if (socket !== undefined) this.#cache.set(clientId, socket);
    return socket;
  }

  /** The socket that this very session is attached to now; undefined: the session is over, or detached. */
  findSession({ clientId, sessionId }: SessionRef): SessionSocket | undefined {
    const socket = this.find(clientId);
    return socket?.connection.session.id === sessionId ? socket : undefined;
  }

  /** The client's session that is attached to no socket. */
  findDetached(clientId: ClientId): SessionRow | undefined {
    const row = this.#ports.sessions.find(clientId);
    return row && this.#socketOf(row) === undefined ? row : undefined;
  }

  /** Every session that is attached to no socket: a reset of the hub leaves them behind (SE5). */
  allDetached(): SessionRow[] {
    return [...this.#ports.sessions.all()].filter((row) => this.#socketOf(row) === undefined);
  }

  /** Begins a session, attached to this socket. Throws if the row cannot be written, and then changes nothing. */
  begin(socket: HubSocket, connected: Connected): void {
    const { session, socketId } = connected;
    const { clientId, id: sessionId, connectedAtMs } = session;
    const row = { clientId, sessionId, socketId, connectedAtMs };
    this.#ports.sessions.begin(row, connectedEvent(session));
    socket.connection = connected;
    if (hasSessionOf(socket, clientId)) this.#cache.set(clientId, socket);
    this.#ports.observe({ event: "session.begun", session });
  }

  /**
   * Deletes the row and writes the event, in one transaction. Does nothing to a newer session of the client (SE2). Throws if
   * the row cannot be deleted.
   */
  end(end: SessionEnd): void {
    const { clientId, sessionId } = end;
    if (!this.#ports.sessions.end(clientId, sessionId, disconnectedEvent(end))) return;
    const cached = this.#cache.get(clientId);
    if (cached !== undefined && !hasSessionOf(cached, clientId)) this.#cache.delete(clientId);
    this.#ports.observe({ event: "session.ended", ...end });
  }

  get count(): number {
    return this.#ports.sessions.count;
  }

  #socketOf({ clientId, socketId }: SessionRow): SessionSocket | undefined {
    if (socketId === null) return undefined;
    const socket = this.#ports.sockets.find(socketId);
    return socket !== undefined && hasSessionOf(socket, clientId) ? socket : undefined;
  }
}

function hasSessionOf(socket: HubSocket, clientId: ClientId): socket is SessionSocket {
  const { connection } = socket;
  return connection.state === "connected" && connection.session.clientId === clientId;
}

function connectedEvent({ clientId, id, connectedAtMs }: Session): NewEvent {
  const connected_at = new Date(connectedAtMs).toISOString();
  const data = { client_id: clientId, session_id: id, connected_at };
  return { atMs: connectedAtMs, body: { type: "client.connected", data } };
}

function disconnectedEvent(end: SessionEnd): NewEvent {
  const { clientId, sessionId, reason, connectedAtMs, atMs, frameCount } = end;
  const data = {
    client_id: clientId,
    session_id: sessionId,
    reason,
    // A clock may have been set back.
    duration_ms: Math.max(0, atMs - connectedAtMs),
    message_count: frameCount,
  };
  return { atMs, body: { type: "client.disconnected", data } };
}
