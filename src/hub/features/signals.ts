/** A socket that has a session: what each frame of it means. */
import { allowsTarget } from "../../auth/grant.ts";
import type { Fault } from "../../protocol/errors.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../protocol/messages/table.ts";
import { disconnectRequest } from "../../protocol/messages/disconnect.ts";
import { heartbeatAck, heartbeatRequest } from "../../protocol/messages/heartbeat.ts";
import { signalAck, signalRequest } from "../../protocol/messages/signal.ts";
import { framesWire } from "../../wires/frames.ts";
import type { InboundRequest } from "../../wires/wire.ts";
import type { Connected } from "../connection.ts";
import type { HubContext } from "../context.ts";
import type { HubSocket } from "../ports.ts";

type Reader = (
  context: HubContext,
  socket: HubSocket,
  connection: Connected,
  frame: InboundRequest,
) => void;

/** What a session may send (MT1), by the type's value. A list, so that the signal path finds it by index. */
const READERS: (Reader | undefined)[] = Array.from({ length: 256 });
READERS[MESSAGE_TYPES.SIGNAL_OFFER.value] = signal;
READERS[MESSAGE_TYPES.SIGNAL_ANSWER.value] = signal;
READERS[MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value] = signal;
READERS[MESSAGE_TYPES.HEARTBEAT.value] = heartbeat;
READERS[MESSAGE_TYPES.DISCONNECT.value] = disconnect;

export function receiveConnected(
  context: HubContext,
  socket: HubSocket,
  connection: Connected,
  frame: InboundRequest,
): void {
  const read = READERS[frame.messageType];
  if (read === undefined) return context.refuse(socket, frame, misplaced(frame));
  read(context, socket, connection, frame);
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

/** The signal path (SI1-SI10): synchronous, no write, and no work that grows with the number of connections. */
function signal(
  context: HubContext,
  socket: HubSocket,
  { session, lastActivityMs: nowMs }: Connected,
  frame: InboundRequest,
): void {
  const request = framesWire.decode(frame, signalRequest);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  const { target } = request.value;
  const notice = { source: session.clientId, target, messageType: frame.messageType };
  if (!allowsTarget(session.targets, target)) {
    return context.refuseSignal(socket, frame, notice, "signal.forbidden");
  }
  // First, since it costs no look-up: a client of another hub has no row here.
  const hub = context.abroad.hubOf(target);
  const targetSocket = hub === null ? context.findTarget(target, nowMs) : undefined;
  if (targetSocket === undefined && hub === null) {
    return context.refuseSignal(socket, frame, notice, "signal.absent");
  }
  const stamp = framesWire.stamp(frame, request.value, session.clientId);
  if (!stamp.ok) return context.refuseSignal(socket, frame, notice, stamp.failure);
  const stamped = stamp.value;
  const wantsAck = session.capabilities.includes("ack");
  if (targetSocket === undefined) {
    return hub === null
      ? undefined
      : context.abroad.add(hub, { socket, replyTo: frame, notice, stamped, wantsAck });
  }
  if (!context.departures.send(targetSocket, stamped)) {
    const fault = targetSocket.isBacklogged ? "signal.backlog" : "signal.absent";
    return context.refuseSignal(socket, frame, notice, fault);
  }
  context.ports.counts.routed(notice);
  if (wantsAck) {
    context.answer(socket, framesWire.encode(frame, signalAck, { target }));
  }
}

function heartbeat(
  context: HubContext,
  socket: HubSocket,
  _connection: Connected,
  frame: InboundRequest,
): void {
  const request = framesWire.decode(frame, heartbeatRequest);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  const answer = { timestampMs: context.ports.now(), clientTimestamp: request.value.timestamp };
  context.answer(socket, framesWire.encode(frame, heartbeatAck, answer));
}

function disconnect(
  context: HubContext,
  socket: HubSocket,
  _connection: Connected,
  frame: InboundRequest,
): void {
  const request = framesWire.decode(frame, disconnectRequest);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  context.close(socket, "normal");
}
