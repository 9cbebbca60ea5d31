/** A signal's payload as its target receives it, by way of the frames wire. */
import { JSON_PAYLOAD } from "../../src/protocol/encodings/payload-types.ts";
import type { Fault } from "../../src/protocol/errors.ts";
import { encodeFrame } from "../../src/protocol/frame.ts";
import { HEADER_BYTES } from "../../src/protocol/limits.ts";
import { SIGNAL_OFFER, signalRequest } from "../../src/protocol/messages/signal.ts";
import { success, type Result } from "../../src/protocol/result.ts";
import { framesWire } from "../../src/wires/frames.ts";
import { clientId } from "./client-ids.ts";
import { uuid, uuidBytes } from "./frames.ts";

export interface StampedPayload {
  readonly target: string;
  readonly payload: Uint8Array;
}

/** What the target of a signal with this payload receives, or why nothing is sent to it. */
export function stampPayload(
  payloadType: number,
  payload: Uint8Array,
  source: string,
): Result<StampedPayload, Fault> {
  const header = { messageType: SIGNAL_OFFER, uuid: uuidBytes(uuid(1)), payloadType };
  const inbound = framesWire.read(encodeFrame({ ...header, payload }), 0);
  if (inbound.kind !== "request") throw new Error("the frame cannot be read");
  const signal = framesWire.decode(inbound.request, signalRequest);
  if (!signal.ok) return signal;
  const stamped = framesWire.stamp(inbound.request, signal.value, clientId(source));
  if (!stamped.ok) return stamped;
  return success({ target: signal.value.target, payload: stamped.value.slice(HEADER_BYTES) });
}

/** A JSON signal, as texts. @throws if it is refused. */
export function stampJsonText(text: string, source: string): string {
  const stamped = stampPayload(JSON_PAYLOAD, Buffer.from(text), source);
  if (!stamped.ok) throw new Error(`the signal is refused: ${stamped.failure}`);
  return Buffer.from(stamped.value.payload).toString();
}
