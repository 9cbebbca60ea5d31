/** What others than this hub's clients may do with its sessions: operators, and signals that come from elsewhere. */
import { UNSOLICITED } from "../wires/wire.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import type { SessionId } from "./connection.ts";
import type { HubContext } from "./context.ts";
import type { ForwardedSignal } from "./ports.ts";

/** The document's session information. */
export interface SessionInformation {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
  readonly connectedAtMs: number;
  /** The last frame, or text `ping`. */
  readonly lastActivityMs: number;
  readonly messageCount: number;
}

export function inform({ roster }: HubContext, clientId: ClientId): SessionInformation | null {
  const socket = roster.find(clientId);
  if (socket?.connection.state !== "connected") return null;
  const { id: sessionId, session, messageCount, lastActivityMs } = socket.connection;
  const { connectedAtMs } = session;
  const lastSeenMs = Math.max(lastActivityMs, socket.lastPingMs() ?? 0);
  return { clientId, sessionId, connectedAtMs, lastActivityMs: lastSeenMs, messageCount };
}

export function kick(context: HubContext, clientId: ClientId): boolean {
  const socket = context.roster.find(clientId);
  if (socket === undefined) return false;
  context.refuse(socket, UNSOLICITED, "session.kicked");
  return true;
}

export function deliver(context: HubContext, { frame, ...notice }: ForwardedSignal): Fault | null {
  const socket = context.findTarget(notice.target, context.ports.now());
  if (socket === undefined) return "signal.absent";
  if (!context.departures.send(socket, frame))
    return socket.isBacklogged ? "signal.backlog" : "signal.absent";
  context.ports.counts.routed(notice);
  return null;
}
