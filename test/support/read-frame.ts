/** Decodes a frame that a client sent: the request, or the fault. */
import type { Fault } from "../../src/protocol/errors.ts";
import type { Frame } from "../../src/protocol/frame.ts";
import { MESSAGE_TYPES, messageTypeName } from "../../src/protocol/message-types.ts";
import type { PayloadCodec } from "../../src/protocol/encodings/codec.ts";
import { codecOf } from "../../src/protocol/encodings/payload-types.ts";
import { failed, type Result } from "../../src/protocol/result.ts";

type Read = (codec: PayloadCodec, payload: Uint8Array) => Result<object, Fault>;

const signal: Read = (codec, payload) => codec.decodeSignal(payload);

/** The decoder of each message type that a client may send. */
const READERS: Readonly<Record<string, Read>> = {
  CONNECT: (codec, payload) => codec.decodeConnect(payload),
  DISCONNECT: (codec, payload) => codec.decodeDisconnect(payload),
  HEARTBEAT: (codec, payload) => codec.decodeHeartbeat(payload),
  SIGNAL_OFFER: signal,
  SIGNAL_ANSWER: signal,
  SIGNAL_ICE_CANDIDATE: signal,
};

/** Checks in the order of the hub after CONNECT: the message type, the payload type, the payload. */
export function readFrame(frame: Frame): Result<object, Fault> {
  const name = messageTypeName(frame.messageType);
  if (name === undefined) return failed("type.unknown");
  if (MESSAGE_TYPES[name].from === "hub") return failed("type.hub-only");
  const codec = codecOf(frame.payloadType);
  const read = READERS[name];
  if (read === undefined) throw new Error(`a client sends ${name}, and nothing here reads it`);
  return codec === null ? failed("payload.type") : read(codec, frame.payload);
}
