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
} from "./payloads/codec.ts";
import { jsonCodec } from "./payloads/json.ts";
import { codecOf, PAYLOAD_TYPES } from "./payloads/payload-types.ts";
import { NIL_UUID } from "./uuid.ts";

/** What an answer takes over from the frame it answers (ER2). */
export interface Answered {
  readonly uuid: Uint8Array;
  readonly payloadType: number;
}

/** For a frame of the hub's own accord. */
export const NOTHING_ANSWERED: Answered = {
  uuid: NIL_UUID,
  payloadType: PAYLOAD_TYPES.JSON.value,
};

export function encodeConnectAck(answered: Answered, answer: ConnectAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.CONNECT_ACK.value, answered, (codec) =>
    codec.encodeConnectAck(answer),
  );
}

export function encodeHeartbeatAck(answered: Answered, answer: HeartbeatAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.HEARTBEAT_ACK.value, answered, (codec) =>
    codec.encodeHeartbeatAck(answer),
  );
}

export function encodeSignalAck(answered: Answered, answer: SignalAckAnswer): Uint8Array {
  return encodeAnswer(MESSAGE_TYPES.SIGNAL_ACK.value, answered, (codec) =>
    codec.encodeSignalAck(answer),
  );
}

export function encodeError(
  answered: Answered,
  fault: Fault,
  about: Partial<Pick<ErrorAnswer, "target" | "retryAfterMs">> = {},
): Uint8Array {
  const { code, text } = faultRow(fault);
  const answer = { code, text, target: null, retryAfterMs: null, ...about };
  return encodeAnswer(MESSAGE_TYPES.ERROR.value, answered, (codec) => codec.encodeError(answer));
}

function encodeAnswer(
  messageType: number,
  answered: Answered,
  say: (codec: PayloadCodec) => Uint8Array | null,
): Uint8Array {
  const { uuid, payloadType } = answered;
  const codec = codecOf(payloadType);
  const own = codec === null ? null : say(codec);
  if (own !== null) return encodeFrame({ messageType, uuid, payloadType, payload: own });
  const payload = say(jsonCodec) ?? new Uint8Array();
  return encodeFrame({ messageType, uuid, payloadType: PAYLOAD_TYPES.JSON.value, payload });
}
