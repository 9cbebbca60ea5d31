/** What operators may do with the sessions of this hub. */
import type { ClientId } from "../protocol/client-id.ts";
import { UNSOLICITED } from "../wires/wire.ts";
import type { Connections } from "./connections.ts";
import type { SessionInformation } from "./contract.ts";
import type { Sessions } from "./sessions.ts";

/** null: the client has no session. */
export function getSession(sessions: Sessions, clientId: ClientId): SessionInformation | null {
  const socket = sessions.find(clientId);
  if (socket === undefined) return null;
  const { session, frameCount, lastActivityMs } = socket.connection;
  return {
    clientId,
    sessionId: session.id,
    connectedAtMs: session.connectedAtMs,
    lastActivityMs: Math.max(lastActivityMs, socket.lastPingMs() ?? 0),
    messageCount: frameCount,
  };
}

/** Ends the client's session (SE7). False: the client has none. */
export function kick(sessions: Sessions, connections: Connections, clientId: ClientId): boolean {
  const socket = sessions.find(clientId);
  if (socket === undefined) return false;
  connections.refuse(socket, UNSOLICITED, "session.kicked");
  return true;
}
