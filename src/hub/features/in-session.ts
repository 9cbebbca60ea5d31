/** What a session may request (MT1), by message type. A new request is one more entry here and a file beside it. */
import type { Fault } from "../../protocol/errors.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../protocol/messages/table.ts";
import type { InboundRequest } from "../../wires/wire.ts";
import type { HubSocket, SessionSocket } from "../ports.ts";
import type { Receive, SessionRules } from "./feature.ts";
import { receiveDisconnect, receiveHeartbeat } from "./heartbeats.ts";
import { receiveSignal } from "./signals.ts";

/** A list, so that the signal path finds its handler by index. */
const RECEIVERS: (Receive | undefined)[] = Array.from({ length: 256 });
RECEIVERS[MESSAGE_TYPES.SIGNAL_OFFER.value] = receiveSignal;
RECEIVERS[MESSAGE_TYPES.SIGNAL_ANSWER.value] = receiveSignal;
RECEIVERS[MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value] = receiveSignal;
RECEIVERS[MESSAGE_TYPES.HEARTBEAT.value] = receiveHeartbeat;
RECEIVERS[MESSAGE_TYPES.DISCONNECT.value] = receiveDisconnect;

/** The socket MUST have a session. */
export function receiveInSession(
  rules: SessionRules,
  socket: HubSocket,
  request: InboundRequest,
  nowMs: number,
): void {
  const receive = RECEIVERS[request.messageType];
  if (receive === undefined) return rules.connections.refuse(socket, request, misplaced(request));
  if (isAttached(socket)) receive(rules, socket, request, nowMs);
}

function isAttached(socket: HubSocket): socket is SessionSocket {
  return socket.connection.state === "connected";
}

/** Why a session may not send this type (CO6, MT2). */
function misplaced({ messageType }: InboundRequest): Fault {
  switch (messageTypeName(messageType)) {
    case undefined:
      return "type.unknown";
    case "CONNECT":
      return "connect.again";
    default:
      return "type.hub-only";
  }
}
