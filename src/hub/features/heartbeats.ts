/** HEARTBEAT and DISCONNECT: a session that stays, and one that leaves. */
import { disconnectRequest } from "../../protocol/messages/disconnect.ts";
import { heartbeatAck, heartbeatRequest } from "../../protocol/messages/heartbeat.ts";
import type { InboundRequest } from "../../wires/wire.ts";
import type { SessionSocket } from "../ports.ts";
import type { FeatureParts } from "./feature.ts";

/** Answers with the hub's clock and the client's (HB1). */
export function receiveHeartbeat(
  { connections }: FeatureParts,
  socket: SessionSocket,
  request: InboundRequest,
  timestampMs: number,
): void {
  const decoded = socket.wire.decode(request, heartbeatRequest);
  if (!decoded.ok) return connections.refuse(socket, request, decoded.failure);
  const clientTimestamp = decoded.value.timestamp;
  connections.answer(socket, request, heartbeatAck, { timestampMs, clientTimestamp });
}

/** Ends the session (DC1). */
export function receiveDisconnect(
  { connections }: FeatureParts,
  socket: SessionSocket,
  request: InboundRequest,
): void {
  const decoded = socket.wire.decode(request, disconnectRequest);
  if (!decoded.ok) return connections.refuse(socket, request, decoded.failure);
  connections.close(socket, "normal");
}
