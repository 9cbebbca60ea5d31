/** `test/vectors/frames.json`, typed, and the bytes of its frames. The README beside it explains the fields. */
import type { Fault } from "../../src/protocol/errors.ts";
import type { MessageTypeName } from "../../src/protocol/messages/table.ts";
import frames from "../vectors/frames.json" with { type: "json" };
import { fromHex } from "./hex.ts";

export interface VectorFrame {
  readonly type: MessageTypeName;
  readonly uuid: string;
  readonly payload_type: "JSON" | "TEXT" | "BINARY";
  readonly payload: string | Readonly<Record<string, unknown>>;
}

export interface VectorError {
  readonly fault: Fault;
  readonly code: number;
  readonly uuid: string;
}

interface Named {
  readonly name: string;
  readonly direction: "client" | "hub" | "both";
  readonly hex: string;
}

export interface GoodVector extends Named {
  readonly frames: readonly VectorFrame[];
}

export interface BadVector extends Named {
  readonly error: VectorError & { readonly frames: readonly VectorFrame[] };
}

export interface StampVector extends Named {
  readonly stamp: { readonly source: string; readonly hex?: string; readonly error?: VectorError };
}

export type Vector = GoodVector | BadVector | StampVector;

// The cast is safe: a vector of another shape fails its own test.
export const VECTORS = frames as unknown as readonly Vector[];
export const GOOD_VECTORS = VECTORS.filter((vector) => "frames" in vector);
export const BAD_VECTORS = VECTORS.filter((vector) => "error" in vector);
export const STAMP_VECTORS = VECTORS.filter((vector) => "stamp" in vector);

/** The values of the tables in PROTOCOL.md, written out, so that the vectors do not depend on the tables of the code. */
const TYPE_BYTES = {
  CONNECT: 0x01,
  CONNECT_ACK: 0x02,
  DISCONNECT: 0x03,
  HEARTBEAT: 0x04,
  HEARTBEAT_ACK: 0x05,
  SIGNAL_OFFER: 0x10,
  SIGNAL_ANSWER: 0x11,
  SIGNAL_ICE_CANDIDATE: 0x12,
  SIGNAL_ACK: 0x13,
  ERROR: 0xff,
} as const satisfies Record<MessageTypeName, number>;

const PAYLOAD_TYPE_BYTES = { BINARY: 0x01, JSON: 0x02, TEXT: 0x03 } as const;

/** A frame of a vector as the codec returns it. */
export function bytesOf(frame: VectorFrame) {
  return {
    messageType: TYPE_BYTES[frame.type],
    uuid: fromHex(frame.uuid.replaceAll("-", "")),
    payloadType: PAYLOAD_TYPE_BYTES[frame.payload_type],
    payload: payloadOf(frame),
  };
}

function payloadOf({ payload_type, payload }: VectorFrame): Uint8Array {
  if (typeof payload !== "string") return Buffer.from(JSON.stringify(payload));
  return payload_type === "BINARY" ? fromHex(payload) : Buffer.from(payload);
}
