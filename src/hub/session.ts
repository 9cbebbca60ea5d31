/** A socket that has a session: what each frame of it means. */
import { allowsTarget } from "../auth/grant.ts";
import { encodeHeartbeatAck, encodeSignalAck } from "../protocol/answers.ts";
import type { Fault } from "../protocol/errors.ts";
import { encodeFrame, type Frame } from "../protocol/frame.ts";
import { MAX_PAYLOAD_BYTES } from "../protocol/limits.ts";
import { messageTypeName } from "../protocol/message-types.ts";
import type { PayloadCodec } from "../protocol/payloads/codec.ts";
import { codecOf } from "../protocol/payloads/payload-types.ts";
import type { Connected } from "./connection.ts";
import { RETRY_AFTER_MS, type About, type HubContext } from "./context.ts";
import type { HubSocket } from "./ports.ts";

/** Counts the frame (SE6) and does what it asks for. */
export function receiveConnected(
  context: HubContext,
  socket: HubSocket,
  connection: Connected,
  frame: Frame,
): void {
  const { session } = connection;
  const connected: Connected = {
    ...connection,
    session: {
      ...session,
      lastActivityMs: context.ports.now(),
      messageCount: session.messageCount + 1,
    },
  };
  socket.connection = connected;
  switch (messageTypeName(frame.messageType)) {
    case "SIGNAL_OFFER":
    case "SIGNAL_ANSWER":
    case "SIGNAL_ICE_CANDIDATE":
      return withCodec(context, socket, frame, (codec) =>
        signal(context, socket, connected, frame, codec),
      );
    case "HEARTBEAT":
      return withCodec(context, socket, frame, (codec) => heartbeat(context, socket, frame, codec));
    case "DISCONNECT":
      return withCodec(context, socket, frame, (codec) =>
        disconnect(context, socket, frame, codec),
      );
    case "CONNECT":
      return context.refuse(socket, frame, "connect.again");
    case "CONNECT_ACK":
    case "HEARTBEAT_ACK":
    case "SIGNAL_ACK":
    case "ERROR":
      return context.refuse(socket, frame, "type.hub-only");
    case undefined:
      return context.refuse(socket, frame, "type.unknown");
  }
}

function withCodec(
  context: HubContext,
  socket: HubSocket,
  frame: Frame,
  read: (codec: PayloadCodec) => void,
): void {
  const codec = codecOf(frame.payloadType);
  if (codec === null) context.refuse(socket, frame, "payload.type");
  else read(codec);
}

/** The signal path (SI1-SI10): synchronous, no write, and no work that grows with the number of connections. */
function signal(
  context: HubContext,
  socket: HubSocket,
  { session }: Connected,
  frame: Frame,
  codec: PayloadCodec,
): void {
  const request = codec.decodeSignal(frame.payload);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  const { target } = request.value;
  const refuse = (fault: Fault, about?: About): void =>
    context.refuse(socket, frame, fault, { target, ...about });
  if (!allowsTarget(session.targets, target)) return refuse("signal.forbidden");
  const targetSocket = context.roster.find(target);
  if (targetSocket === undefined) return refuse("signal.absent");
  const stamped = request.value.stamp(session.clientId);
  if (!stamped.ok) return refuse(stamped.failure);
  if (stamped.value.length > MAX_PAYLOAD_BYTES) return refuse("signal.too-large");
  if (targetSocket.send(encodeFrame({ ...frame, payload: stamped.value }))) {
    if (session.capabilities.includes("ack")) {
      context.answer(socket, encodeSignalAck(frame, { target }));
    }
  } else if (targetSocket.isBacklogged) refuse("signal.backlog", { retryAfterMs: RETRY_AFTER_MS });
  else refuse("signal.absent");
}

function heartbeat(
  context: HubContext,
  socket: HubSocket,
  frame: Frame,
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
  frame: Frame,
  codec: PayloadCodec,
): void {
  const request = codec.decodeDisconnect(frame.payload);
  if (!request.ok) return context.refuse(socket, frame, request.failure);
  context.close(socket, "normal");
}
