/** Frames as bytes and back. Knows the header of 21 bytes, and nothing of what a payload means (FR1-FR5). */
import type { Fault } from "./errors.ts";
import {
  PAYLOAD_LENGTH_AT,
  PAYLOAD_TYPE_AT,
  START_BYTE,
  TYPE_AT,
  UUID_AT,
} from "./frame-layout.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "./limits.ts";
import { NIL_UUID, UUID_BYTES } from "./uuid.ts";

export interface Frame {
  /** Any byte: whether the type is known is for the reader to say. */
  readonly messageType: number;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** Any byte. */
  readonly payloadType: number;
  /** At most 65,535 bytes. */
  readonly payload: Uint8Array;
}

/**
 * A frame where it lies in its WebSocket message; uuid and payload are views of that. A delivered signal never asks for
 * its uuid, so the getter makes that view only on demand. A spread copy of the frame would therefore lack the uuid.
 */
export class ReceivedFrame implements Frame {
  // Declared only: the constructor sets each of them, and a field would be set to undefined before.
  declare readonly messageType: number;
  declare readonly payloadType: number;
  declare readonly payload: Uint8Array;
  declare readonly message: Uint8Array;
  /** Where in the message the frame starts. */
  declare readonly at: number;

  /** A whole frame MUST start at `at`: `framingFailureAt` is null. */
  constructor(message: Uint8Array, at: number) {
    const payloadAt = message.byteOffset + at + HEADER_BYTES;
    this.messageType = message[at + TYPE_AT] ?? 0;
    this.payloadType = message[at + PAYLOAD_TYPE_AT] ?? 0;
    // Costs two thirds of `subarray`, since a constructor looks up no species.
    this.payload = new Uint8Array(message.buffer, payloadAt, payloadBytesAt(message, at));
    this.message = message;
    this.at = at;
  }

  get uuid(): Uint8Array {
    return uuidAt(this.message, this.at);
  }
}

/** Framing is lost: nothing from here to the end of the message can be read. */
export interface FramingFailure {
  readonly fault: Extract<Fault, `frame.${string}` | "message.empty">;
  /** Of the frame that is cut off, as far as the message holds it; otherwise nil. */
  readonly uuid: Uint8Array;
}

export type Decoded =
  | { readonly kind: "frame"; readonly frame: ReceivedFrame }
  | { readonly kind: "failure"; readonly failure: FramingFailure };

/** Every frame of one WebSocket message, in order. A failure can only be the last item. Never throws. */
export function* decodeMessage(message: Uint8Array): Generator<Decoded, void, undefined> {
  let at = 0;
  do {
    const failure = framingFailureAt(message, at);
    if (failure !== null) return yield { kind: "failure", failure };
    const frame = new ReceivedFrame(message, at);
    yield { kind: "frame", frame };
    at += HEADER_BYTES + frame.payload.length;
  } while (at < message.length);
}

/** Why no frame can be read at `at`; null: a whole frame starts there. Never throws. */
export function framingFailureAt(message: Uint8Array, at: number): FramingFailure | null {
  if (message.length === 0) return { fault: "message.empty", uuid: NIL_UUID };
  if (message[at] !== START_BYTE) return { fault: "frame.start-byte", uuid: NIL_UUID };
  const payloadAt = at + HEADER_BYTES;
  if (payloadAt > message.length) return cutFrame("frame.truncated-header", message, at);
  return payloadAt + payloadBytesAt(message, at) > message.length
    ? cutFrame("frame.truncated-payload", message, at)
    : null;
}

function cutFrame(fault: FramingFailure["fault"], message: Uint8Array, at: number): FramingFailure {
  const uuid = uuidAt(message, at);
  return { fault, uuid: uuid.length === UUID_BYTES ? uuid : NIL_UUID };
}

/** A view, and a shorter one where the message ends inside the uuid. */
function uuidAt(message: Uint8Array, at: number): Uint8Array {
  return message.subarray(at + UUID_AT, at + PAYLOAD_TYPE_AT);
}

function payloadBytesAt(message: Uint8Array, at: number): number {
  const high = message[at + PAYLOAD_LENGTH_AT] ?? 0;
  const low = message[at + PAYLOAD_LENGTH_AT + 1] ?? 0;
  return high * 256 + low;
}

/**
 * One frame as bytes, in a buffer of exactly its size.
 * @throws RangeError if the payload exceeds 65,535 bytes or the uuid is not 16: that is a bug of the caller, not of a peer.
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

/** @throws RangeError if `bytes` exceeds 65,535. */
export function writePayloadLength(frame: Uint8Array, bytes: number): void {
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new RangeError(`A payload is at most ${MAX_PAYLOAD_BYTES} bytes, got ${bytes}`);
  }
  frame[PAYLOAD_LENGTH_AT] = bytes >> 8;
  frame[PAYLOAD_LENGTH_AT + 1] = bytes & 0xff;
}
