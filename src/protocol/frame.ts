/** Bytes to frames and back. Knows the 21-byte header and nothing of what a payload means (FR1-FR5). */
import type { Fault } from "./errors.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./limits.ts";
import { NIL_UUID, UUID_BYTES } from "./uuid.ts";

export const START_BYTE = 0xaa;

const TYPE_AT = 1;
const UUID_AT = 2;
const PAYLOAD_TYPE_AT = UUID_AT + UUID_BYTES;
export const PAYLOAD_LENGTH_AT = PAYLOAD_TYPE_AT + 1;

export interface Frame {
  /** Any byte: whether the type is known is the reader's question. */
  readonly messageType: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Any byte. */
  readonly payloadType: number;
  /** At most 65,535 bytes. */
  readonly payload: Uint8Array;
}

/**
 * A frame as it lies in its message: uuid and payload are views of it. The uuid's is made when it is asked for, which a
 * signal that is delivered never does. So it is no field of its own: a spread copy would be without it.
 */
export class ReceivedFrame implements Frame {
  readonly messageType: number;
  readonly payloadType: number;
  readonly payload: Uint8Array;
  readonly message: Uint8Array;
  /** Where in the message it starts. */
  readonly at: number;

  constructor(message: Uint8Array, at: number, payload: Uint8Array) {
    this.messageType = message[at + TYPE_AT] ?? 0;
    this.payloadType = message[at + PAYLOAD_TYPE_AT] ?? 0;
    this.payload = payload;
    this.message = message;
    this.at = at;
  }

  get uuid(): Uint8Array {
    return this.message.subarray(this.at + UUID_AT, this.at + PAYLOAD_TYPE_AT);
  }
}

/** Framing is lost: nothing after this point of the message can be read. */
export interface FramingFailure {
  readonly fault: Extract<Fault, `frame.${string}` | "message.empty">;
  /** The cut frame's, where the message still held it; else nil. */
  readonly uuid: Uint8Array;
}

export type Decoded =
  | { readonly kind: "frame"; readonly frame: ReceivedFrame }
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
  const payloadAt = at + HEADER_BYTES;
  const high = message[at + PAYLOAD_LENGTH_AT];
  const low = message[at + PAYLOAD_LENGTH_AT + 1];
  if (high === undefined || low === undefined) {
    return failure("frame.truncated-header", uuidOf(message, at));
  }
  const end = payloadAt + high * 256 + low;
  if (end > message.length) return failure("frame.truncated-payload", uuidOf(message, at));
  return {
    kind: "frame",
    frame: new ReceivedFrame(message, at, viewOf(message, payloadAt, end)),
  };
}

/** Of the frame that starts at `at`; nil if the message ends before it does. */
function uuidOf(message: Uint8Array, at: number): Uint8Array {
  const uuid = message.subarray(at + UUID_AT, at + PAYLOAD_TYPE_AT);
  return uuid.length === UUID_BYTES ? uuid : NIL_UUID;
}

/** As `subarray`, at two thirds of its cost: the constructor asks for no species. */
export function viewOf<Buffer extends ArrayBufferLike>(
  bytes: Uint8Array<Buffer>,
  start: number,
  end: number,
): Uint8Array<Buffer> {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

function failure(fault: FramingFailure["fault"], uuid: Uint8Array): Decoded {
  return { kind: "failure", failure: { fault, uuid } };
}

/**
 * One frame as bytes, in a buffer of exactly its size.
 * @throws RangeError if the payload exceeds 65,535 bytes or the uuid is not 16: the caller's bug, not a peer's.
 */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const { messageType, uuid, payloadType, payload } = frame;
  if (uuid.length !== UUID_BYTES) {
    throw new RangeError(`A uuid is ${UUID_BYTES} bytes, got ${uuid.length}`);
  }
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes[0] = START_BYTE;
  bytes[TYPE_AT] = messageType;
  bytes.set(uuid, UUID_AT);
  bytes[PAYLOAD_TYPE_AT] = payloadType;
  writePayloadLength(bytes, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** @throws RangeError if it exceeds 65,535. */
export function writePayloadLength(frame: Uint8Array, bytes: number): void {
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`A payload is at most ${MAX_PAYLOAD_BYTES} bytes, got ${bytes}`);
  }
  frame[PAYLOAD_LENGTH_AT] = bytes >> 8;
  frame[PAYLOAD_LENGTH_AT + 1] = bytes & 0xff;
}
