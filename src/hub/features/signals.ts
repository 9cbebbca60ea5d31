/** A socket that has a session: what each frame of it means. */
import { allowsTarget } from "../../auth/grant.ts";
import { encodeHeartbeatAck, encodeSignalAck } from "../../protocol/answers.ts";
import type { Fault } from "../../protocol/errors.ts";
import type { ReceivedFrame } from "../../protocol/frame.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "../../protocol/limits.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../protocol/message-types.ts";
import type { PayloadCodec } from "../../protocol/encodings/codec.ts";
import { codecOf } from "../../protocol/encodings/payload-types.ts";
import { encodeSplicedInto, splicedBytes } from "../../protocol/encodings/splice.ts";
import type { Connected } from "../connection.ts";
import type { HubContext } from "../context.ts";
import type { HubSocket } from "../ports.ts";

type Reader = (
  context: HubContext,
  socket: HubSocket,
  connection: Connected,
  frame: ReceivedFrame,
  codec: PayloadCodec,
) => void;

/** What a session may send (MT1), by the type's value. A list, so that the signal path finds it by index. */
const READERS: (Reader | undefined)[] = Array.from({ length: 256 });
READERS[MESSAGE_TYPES.SIGNAL_OFFER.value] = signal;
READERS[MESSAGE_TYPES.SIGNAL_ANSWER.value] = signal;
READERS[MESSAGE_TYPES.SIGNAL_ICE_CANDIDATE.value] = signal;
READERS[MESSAGE_TYPES.HEARTBEAT.value] = heartbeat;
READERS[MESSAGE_TYPES.DISCONNECT.value] = disconnect;

/** Every signal leaves through it: `send` copies, and nothing runs in between. */
const OUTGOING = new Uint8Array(HEADER_BYTES + MAX_PAYLOAD_BYTES);

export function receiveConnected(
  context: HubContext,
  socket: HubSocket,
  connection: Connected,
  frame: ReceivedFrame,
): void {
  const read = READERS[frame.messageType];
  if (read === undefined) return context.refuse(socket, frame, misplaced(frame));
  const codec = codecOf(frame.payloadType);
  if (codec === null) return context.refuse(socket, frame, "payload.type");
  read(context, socket, connection, frame, codec);
}

/** Why a session may not send this type (CO6, MT2). */
function misplaced({ messageType }: ReceivedFrame): Fault {
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
  frame: ReceivedFrame,
  codec: PayloadCodec,
): void {
  const request = codec.decodeSignal(frame.payload);
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
  const source = codec.encodeSource(session.clientId);
  if (!source.ok) return context.refuseSignal(socket, frame, notice, source.failure);
  if (splicedBytes(request.value, source.value) > MAX_PAYLOAD_BYTES) {
    return context.refuseSignal(socket, frame, notice, "signal.too-large");
  }
  const wantsAck = session.capabilities.includes("ack");
  const stamped = encodeSplicedInto(OUTGOING, frame, request.value, source.value);
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
    context.answer(socket, encodeSignalAck(frame, { target }));
  }
}

function heartbeat(
  context: HubContext,
  socket: HubSocket,
  _connection: Connected,
  frame: ReceivedFrame,
  codec: PayloadCodec,
): void {
  const request = codec.decodeHeartbeat(frame.payload);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  const answer = { timestampMs: context.ports.now(), clientTimestamp: request.value.timestamp };
  context.answer(socket, encodeHeartbeatAck(frame, answer));
}

function disconnect(
  context: HubContext,
  socket: HubSocket,
  _connection: Connected,
  frame: ReceivedFrame,
  codec: PayloadCodec,
): void {
  const request = codec.decodeDisconnect(frame.payload);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  context.close(socket, "normal");
}
