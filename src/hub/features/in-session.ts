/** What a session may request (MT1), by message type. A new request is one more entry here, and its rule in a file beside it. */
import type { Fault } from "../../protocol/errors.ts";
import {
  MESSAGE_TYPES,
  messageTypeName,
  type MessageTypeName,
} from "../../protocol/messages/table.ts";
import type { InboundRequest } from "../../wires/wire.ts";
import type { HubSocket, SessionSocket } from "../ports.ts";
import type { Receive, FeatureParts } from "./feature.ts";
import { receiveDisconnect, receiveHeartbeat } from "./heartbeats.ts";
import { receiveSignal } from "./signals.ts";

/** The names of the types that a session may send. A new type without a receiver does not compile. */
type SessionRequestName = {
  [Name in MessageTypeName]: (typeof MESSAGE_TYPES)[Name]["from"] extends "hub" ? never : Name;
}[Exclude<MessageTypeName, "CONNECT">];

const RECEIVERS: Readonly<Record<SessionRequestName, Receive>> = {
  SIGNAL_OFFER: receiveSignal,
  SIGNAL_ANSWER: receiveSignal,
  SIGNAL_ICE_CANDIDATE: receiveSignal,
  HEARTBEAT: receiveHeartbeat,
  DISCONNECT: receiveDisconnect,
};

/** By the value of the message type, so that the signal path finds its receiver by index. */
const RECEIVER_BY_VALUE: (Receive | undefined)[] = Array.from({ length: 256 });
for (const [name, receive] of Object.entries(RECEIVERS)) {
  // Object.entries widens the keys to string; they are the table's own.
  RECEIVER_BY_VALUE[MESSAGE_TYPES[name as SessionRequestName].value] = receive;
}

/** The socket MUST have a session. */
export function receiveInSession(
  parts: FeatureParts,
  socket: HubSocket,
  request: InboundRequest,
  nowMs: number,
): void {
  const receive = RECEIVER_BY_VALUE[request.messageType];
  if (receive === undefined) return parts.connections.refuse(socket, request, misplaced(request));
  if (isAttached(socket)) receive(parts, socket, request, nowMs);
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
