/** Frames as a client writes and reads them: from plain data to bytes and back. */
import { decodeMessage, encodeFrame, type Decoded, type Frame } from "../../src/protocol/frame.ts";
import {
  MESSAGE_TYPES,
  messageTypeName,
  type MessageTypeName,
} from "../../src/protocol/messages/table.ts";
import { PAYLOAD_TYPES } from "../../src/protocol/encodings/payload-types.ts";
import { formatUuid } from "../../src/protocol/uuid.ts";
import { parseUuid } from "./parse-uuid.ts";

export type PayloadTypeName = keyof typeof PAYLOAD_TYPES;

/** The uuid of the nth frame of a test: `uuid(7)` ends in 07. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}

export const NIL = "00000000-0000-0000-0000-000000000000";

export function uuidBytes(text: string): Uint8Array {
  const bytes = parseUuid(text);
  if (bytes === null) throw new Error(`not a uuid: ${text}`);
  return bytes;
}

/** A frame whose payload is JSON of an object, TEXT of a string, or BINARY of bytes. */
export function frame(
  type: MessageTypeName | number,
  payload: object | string | Uint8Array,
  id: string = uuid(1),
): Uint8Array<ArrayBuffer> {
  return encodeFrame({
    messageType: typeof type === "number" ? type : MESSAGE_TYPES[type].value,
    uuid: uuidBytes(id),
    payloadType: PAYLOAD_TYPES[payloadTypeOf(payload)].value,
    payload: payloadBytes(payload),
  });
}

/** Any header, any bytes. */
export function rawFrame(
  header: Omit<Frame, "uuid" | "payload">,
  payload: Uint8Array,
  id = uuid(1),
) {
  return encodeFrame({ ...header, uuid: uuidBytes(id), payload });
}

function payloadTypeOf(payload: object | string | Uint8Array): PayloadTypeName {
  if (typeof payload === "string") return "TEXT";
  return payload instanceof Uint8Array ? "BINARY" : "JSON";
}

function payloadBytes(payload: object | string | Uint8Array): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload));
}

/** `[length u8][bytes]` for each part, and `rest` as it is. */
export function binary(parts: readonly string[], rest: Uint8Array = new Uint8Array()): Uint8Array {
  const encoded = parts.map((part) => new TextEncoder().encode(part));
  return concat(...encoded.flatMap((bytes) => [Uint8Array.of(bytes.length), bytes]), rest);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A frame as tests compare it: JSON is parsed, TEXT is a string, BINARY is bytes. */
export interface Seen {
  readonly type: MessageTypeName | number;
  readonly uuid: string;
  readonly payload: unknown;
}

/** A copy of the fields of a frame, for comparing it or encoding it again. */
export function fieldsOf({ messageType, uuid: id, payloadType, payload }: Frame): Frame {
  return { messageType, uuid: Uint8Array.from(id), payloadType, payload: Uint8Array.from(payload) };
}

export function seen(bytes: Uint8Array): Seen {
  const [first, ...others] = seenAll(bytes);
  if (first === undefined || others.length > 0) throw new Error("the hub did not send one frame");
  return first;
}

/** Every frame of a message from the hub. @throws if the message holds anything else. */
export function seenAll(bytes: Uint8Array): Seen[] {
  return Array.from(decodeMessage(bytes), seenFrame);
}

function seenFrame(decoded: Decoded): Seen {
  if (decoded.kind !== "frame") throw new Error("the hub sent no frame");
  const { messageType, uuid: id, payloadType, payload } = decoded.frame;
  const type = messageTypeName(messageType) ?? messageType;
  return { type, uuid: formatUuid(id), payload: readPayload(payloadType, payload) };
}

function readPayload(payloadType: number, payload: Uint8Array): unknown {
  switch (payloadType) {
    case PAYLOAD_TYPES.JSON.value:
      return JSON.parse(new TextDecoder().decode(payload));
    case PAYLOAD_TYPES.TEXT.value:
      return new TextDecoder().decode(payload);
    default:
      return payload.slice();
  }
}
