/** The client's own frames as bytes, all in JSON, and how they share WebSocket messages. Pure. */
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { encodeFrame } from "../protocol/frame.ts";
import { MAX_PAYLOAD_BYTES } from "../protocol/limits.ts";
import { ACK, BATCH } from "../protocol/capabilities.ts";
import { JSON_PAYLOAD } from "../protocol/encodings/payload-types.ts";
import { sourceField } from "../protocol/encodings/stamp-json.ts";
import { encodeUtf8 } from "../protocol/encodings/utf8.ts";
import { CONNECT, connectJson } from "../protocol/messages/connect.ts";
import { DISCONNECT } from "../protocol/messages/disconnect.ts";
import { signalJson } from "../protocol/messages/signal.ts";
import { SignalError } from "./errors.ts";
import { SIGNAL_TYPES, type SignalType } from "./signal.ts";

/** Far below the hub's limit of a message (FR3), so that a burst does not delay what comes behind it. */
const MAX_BATCH_BYTES = 65_536;

/** `authToken` is null where the upgrade has shown it (CO1). */
export function encodeConnect(uuid: Uint8Array, clientId: ClientId, authToken: string | null) {
  const capabilities = [ACK, BATCH];
  return encodeJson(CONNECT, uuid, connectJson({ clientId, authToken, capabilities }));
}

/** DISCONNECT (DC1). */
export function encodeDisconnect(uuid: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeJson(DISCONNECT, uuid, "{}");
}

/**
 * SIGNAL_* (SI1).
 * @throws SignalError `bad-signal` where type, target or data cannot be said, `too-large` where the hub could not add
 * the source's id any more (SI8).
 */
export function encodeSignal(
  uuid: Uint8Array,
  source: ClientId,
  { type, target, data }: { type: SignalType; target: string; data: unknown },
): Uint8Array<ArrayBuffer> {
  const refuse = (detail: string, cause?: unknown) =>
    new SignalError("bad-signal", { target, detail, cause });
  if (!Object.hasOwn(SIGNAL_TYPES, type)) throw refuse("no such type");
  const targetId = parseClientId(target);
  if (targetId === null) {
    throw refuse("target must be 1-128 characters, none a control character");
  }
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(data);
  } catch (thrown) {
    // TypeError: a circle or a BigInt; or whatever a toJSON of the data throws.
    cause = thrown;
  }
  if (text === undefined) throw refuse("its data cannot be said in JSON", cause);
  const payload = signalJson(targetId, text);
  const bytes = encodeUtf8(payload).length + sourceField(source).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new SignalError("too-large", { target, detail: `${bytes} bytes with the sender's id` });
  }
  return encodeJson(SIGNAL_TYPES[type], uuid, payload);
}

/** Frames back to back (FR2), in order, in as few messages of at most 64 KiB as that allows; a larger frame is alone. */
export function packMessages(frames: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const batches: Uint8Array[][] = [];
  let room = 0;
  for (const frame of frames) {
    if (frame.length > room) {
      batches.push([]);
      room = MAX_BATCH_BYTES;
    }
    batches.at(-1)?.push(frame);
    room -= frame.length;
  }
  return batches.map(concat);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function encodeJson(messageType: number, uuid: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  return encodeFrame({ messageType, uuid, payloadType: JSON_PAYLOAD, payload: encodeUtf8(text) });
}
