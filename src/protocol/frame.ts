/** Bytes to frames and back. Knows the 21-byte header and nothing of what a payload means (FR1-FR5). */
import type { Fault } from "./errors.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./limits.ts";
import { NIL_UUID, UUID_BYTES } from "./uuid.ts";

export const START_BYTE = 0xaa;

const UUID_AT = 2;
const PAYLOAD_TYPE_AT = UUID_AT + UUID_BYTES;
const PAYLOAD_LENGTH_AT = PAYLOAD_TYPE_AT + 1;

export interface Frame {
  /** Any byte: whether the type is known is the reader's question. */
  readonly messageType: number;
  /** 16 bytes. In a decoded frame a view of the message, as is `payload`. */
  readonly uuid: Uint8Array;
  /** Any byte. */
  readonly payloadType: number;
  /** At most 65,535 bytes. */
  readonly payload: Uint8Array;
}

/** Framing is lost: nothing after this point of the message can be read. */
export interface FramingFailure {
  readonly fault: Extract<Fault, `frame.${string}` | "message.empty">;
  /** The cut frame's, where the message still held it; else nil. */
  readonly uuid: Uint8Array;
}

export type Decoded =
  | { readonly kind: "frame"; readonly frame: Frame }
  | { readonly kind: "failure"; readonly failure: FramingFailure };

/** Every frame of one WebSocket message, in order; at most one failure, and that one last. Never throws. */
export function* decodeMessage(message: Uint8Array): Generator<Decoded, void, undefined> {
  let at = 0;
  do {
    const decoded = decodeFrameAt(message, at);
    yield decoded;
    at = endOf(decoded, message, at);
  } while (at < message.length);
}

/** Where the next frame starts: behind this one, or at the message's end where framing is lost. */
export function endOf(decoded: Decoded, message: Uint8Array, at: number): number {
  return decoded.kind === "frame"
    ? at + HEADER_BYTES + decoded.frame.payload.length
    : message.length;
}

/** The frame that starts at `at`: what `decodeMessage` yields, without the generator, for the signal path. */
export function decodeFrameAt(message: Uint8Array, at: number): Decoded {
  if (message.length === 0) return failure("message.empty", NIL_UUID);
  if (message[at] !== START_BYTE) return failure("frame.start-byte", NIL_UUID);
  const uuid = message.subarray(at + UUID_AT, at + PAYLOAD_TYPE_AT);
  const messageType = message[at + 1];
  const payloadType = message[at + PAYLOAD_TYPE_AT];
  const high = message[at + PAYLOAD_LENGTH_AT];
  const low = message[at + PAYLOAD_LENGTH_AT + 1];
  if (
    messageType === undefined ||
    payloadType === undefined ||
    high === undefined ||
    low === undefined
  ) {
    return failure("frame.truncated-header", uuid.length === UUID_BYTES ? uuid : NIL_UUID);
  }
  const payloadAt = at + HEADER_BYTES;
  const end = payloadAt + high * 256 + low;
  if (end > message.length) return failure("frame.truncated-payload", uuid);
  return {
    kind: "frame",
    frame: { messageType, uuid, payloadType, payload: message.subarray(payloadAt, end) },
  };
}

function failure(fault: FramingFailure["fault"], uuid: Uint8Array): Decoded {
  return { kind: "failure", failure: { fault, uuid } };
}

/**
 * One frame as bytes, in a buffer of exactly its size.
 * @throws RangeError if the payload exceeds 65,535 bytes or the uuid is not 16: the caller's bug, not a peer's.
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + frame.payload.length);
  return encodeFrameInto(bytes, frame, [frame.payload]);
}

/**
 * A frame whose payload is the pieces, one behind the other, at the start of `into`, which MUST be large enough. Returns
 * the view of `into` that holds it, good until `into` is written again. For who copies at once: an allocation a signal is what the signal path can save most.
 * @throws as `encodeFrame` does.
 */
export function encodeFrameInto<Buffer extends ArrayBufferLike>(
  into: Uint8Array<Buffer>,
  header: Omit<Frame, "payload">,
  pieces: readonly Uint8Array[],
): Uint8Array<Buffer> {
  if (header.uuid.length !== UUID_BYTES) {
    throw new RangeError(`A uuid is ${UUID_BYTES} bytes, got ${header.uuid.length}`);
  }
  let end = HEADER_BYTES;
  for (const piece of pieces) {
    into.set(piece, end);
    end += piece.length;
  }
  const payloadBytes = end - HEADER_BYTES;
  if (payloadBytes > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`A payload is at most ${MAX_PAYLOAD_BYTES} bytes, got ${payloadBytes}`);
  }
  into[0] = START_BYTE;
  into[1] = header.messageType;
  into.set(header.uuid, UUID_AT);
  into[PAYLOAD_TYPE_AT] = header.payloadType;
  into[PAYLOAD_LENGTH_AT] = payloadBytes >> 8;
  into[PAYLOAD_LENGTH_AT + 1] = payloadBytes & 0xff;
  return into.subarray(0, end);
}
