/** The wire of PROTOCOL.md: binary WebSocket messages that hold one or more frames (FR1, FR2, FR4, FR5, FR7). */
import { decodePayload } from "../protocol/encodings/payload.ts";
import { JSON_PAYLOAD, TEXT_PAYLOAD } from "../protocol/encodings/payload-types.ts";
import { encodeSplicedInto, splicedBytes } from "../protocol/encodings/splice.ts";
import { encodeUtf8 } from "../protocol/encodings/utf8.ts";
import {
  encodeFrame,
  framingFailureAt,
  ReceivedFrame,
  type FramingFailure,
} from "../protocol/frame.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "../protocol/limits.ts";
import { failed, success } from "../protocol/result.ts";
import { copyReplyTo, UNSOLICITED, type Inbound, type InboundRequest, type Wire } from "./wire.ts";

/** Every stamped signal is written here. `send` copies it before the next signal is stamped. */
const STAMP_BUFFER = new Uint8Array(HEADER_BYTES + MAX_PAYLOAD_BYTES);

/** Stateless: every socket shares it. */
export const framesWire: Wire = {
  name: "frames",

  read(message, at) {
    if (typeof message === "string") return unreadableText(message);
    const failure = framingFailureAt(message, at);
    if (failure !== null) return lostFraming(failure, message.length);
    const request = new ReceivedFrame(message, at);
    const bytes = HEADER_BYTES + request.payload.length;
    return { kind: "request", request, bytes, end: at + bytes };
  },

  decode: ({ payloadType, payload }, decoder) => decodePayload(payloadType, payload, decoder),

  stamp(request, signal, source) {
    const piece = signal.encodeSource(source);
    if (!piece.ok) return piece;
    if (splicedBytes(signal, piece.value) > MAX_PAYLOAD_BYTES) return failed("signal.too-large");
    return success(encodeSplicedInto(STAMP_BUFFER, frameOf(request), signal, piece.value));
  },

  encode(replyTo, encoder, answer) {
    const { uuid } = replyTo;
    const { messageType } = encoder;
    const text = replyTo.payloadType === TEXT_PAYLOAD ? encoder.text?.(answer) : undefined;
    const payloadType = text === undefined ? JSON_PAYLOAD : TEXT_PAYLOAD;
    const payload = encodeUtf8(text ?? JSON.stringify(encoder.json(answer)));
    return encodeFrame({ messageType, uuid, payloadType, payload });
  },

  encodeDelivery: (frame) => frame,

  copyOut(inbound): Inbound {
    if (inbound.kind === "unreadable") {
      return { ...inbound, replyTo: copyReplyTo(inbound.replyTo) };
    }
    const { message, at } = frameOf(inbound.request);
    return framesWire.read(new Uint8Array(message.subarray(at, at + inbound.bytes)), 0);
  },
};

/** Every request of this wire is a ReceivedFrame, since `read` makes no other. */
function frameOf(request: InboundRequest): ReceivedFrame {
  return request as ReceivedFrame;
}

function unreadableText({ length: end }: string): Inbound {
  const fault = "message.text";
  const bytes = HEADER_BYTES;
  return { kind: "unreadable", fault, replyTo: UNSOLICITED, bytes, losesFraming: false, end };
}

function lostFraming({ fault, uuid }: FramingFailure, end: number): Inbound {
  const replyTo = { uuid, payloadType: UNSOLICITED.payloadType };
  // It keeps only a uuid, and counts as one header.
  const bytes = HEADER_BYTES;
  return { kind: "unreadable", fault, replyTo, bytes, losesFraming: true, end };
}
