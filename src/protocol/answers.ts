/** The hub's own frames as bytes, each in the payload type of the frame it answers where that can say it (PT6). */
import { faultRow, type Fault } from "./errors.ts";
import { encodeFrame } from "./frame.ts";
import { MESSAGE_TYPES } from "./message-types.ts";
import type {
  ConnectAnswer,
  ErrorAnswer,
  HeartbeatAnswer,
  PayloadCodec,
  SignalAckAnswer,
} from "./encodings/codec.ts";
import { jsonCodec } from "./encodings/json.ts";
import { codecOf, PAYLOAD_TYPES } from "./encodings/payload-types.ts";
import { NIL_UUID } from "./uuid.ts";

/** What an answer takes over from the frame it answers (ER2). */
export interface ReplyTo {
  readonly uuid: Uint8Array;
  readonly payloadType: number;
}

/** For a frame of the hub's own accord. */
export const UNSOLICITED: ReplyTo = {
  uuid: NIL_UUID,
  payloadType: PAYLOAD_TYPES.JSON.value,
};

export function encodeConnectAck(replyTo: ReplyTo, answer: ConnectAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.CONNECT_ACK.value, replyTo, (codec) =>
    codec.encodeConnectAck(answer),
  );
}

export function encodeHeartbeatAck(replyTo: ReplyTo, answer: HeartbeatAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.HEARTBEAT_ACK.value, replyTo, (codec) =>
    codec.encodeHeartbeatAck(answer),
  );
}

export function encodeSignalAck(replyTo: ReplyTo, answer: SignalAckAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.SIGNAL_ACK.value, replyTo, (codec) =>
    codec.encodeSignalAck(answer),
  );
}

export function encodeError(
  replyTo: ReplyTo,
  fault: Fault,
  about: Partial<Pick<ErrorAnswer, "target" | "retryAfterMs">> = {},
): Uint8Array {
  const { code, text } = faultRow(fault);
  const answer = { code, text, target: null, retryAfterMs: null, ...about };
  return encodeAnswer(MESSAGE_TYPES.ERROR.value, replyTo, (codec) => codec.encodeError(answer));
}

function encodeAnswer(
  messageType: number,
  replyTo: ReplyTo,
  say: (codec: PayloadCodec) => Uint8Array | null,
): Uint8Array {
  const { uuid, payloadType } = replyTo;
  const codec = codecOf(payloadType);
  const own = codec === null ? null : say(codec);
  if (own !== null) return encodeFrame({ messageType, uuid, payloadType, payload: own });
  const payload = say(jsonCodec) ?? new Uint8Array();
  return encodeFrame({ messageType, uuid, payloadType: PAYLOAD_TYPES.JSON.value, payload });
}
