/** Encodes the client's frames, all in JSON, and packs them into WebSocket messages. Pure. */
import { ACK, BATCH } from "../../protocol/capabilities.ts";
import { parseClientId, type ClientId } from "../../protocol/client-id.ts";
import { JSON_PAYLOAD } from "../../protocol/encodings/payload-types.ts";
import { sourceField } from "../../protocol/encodings/stamp-json.ts";
import { encodeUtf8 } from "../../protocol/encodings/utf8.ts";
import { encodeFrame } from "../../protocol/frame.ts";
import { MAX_PAYLOAD_BYTES } from "../../protocol/limits.ts";
import { CONNECT, connectJson } from "../../protocol/messages/connect.ts";
import { DISCONNECT } from "../../protocol/messages/disconnect.ts";
import { signalJson } from "../../protocol/messages/signal.ts";
import { SignalError } from "../errors.ts";
import { SIGNAL_MESSAGE_TYPES, type SignalType } from "../signal.ts";
import { jsonText } from "./json-text.ts";

/** Far below the hub's limit for a message (FR3), so that a burst does not delay the frames behind it. */
const MAX_BATCH_BYTES = 65_536;

/** CONNECT. `authToken` is null if the upgrade carried the token (CO1). */
export function encodeConnect(uuid: Uint8Array, clientId: ClientId, authToken: string | null) {
  const capabilities = [ACK, BATCH];
  return encodeJson(CONNECT, uuid, connectJson({ clientId, authToken, capabilities }));
}

/** DISCONNECT (DC1). */
export function encodeDisconnect(uuid: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeJson(DISCONNECT, uuid, "{}");
}

/**
 * SIGNAL_OFFER, SIGNAL_ANSWER or SIGNAL_ICE_CANDIDATE (SI1).
 * @throws SignalError `bad-signal` if the type, the target or the data cannot be encoded; `too-large` if the frame
 * leaves the hub no room to add the source's id (SI8).
 */
export function encodeSignal(
  uuid: Uint8Array,
  source: ClientId,
  { type, target, data }: { type: SignalType; target: string; data: unknown },
): Uint8Array<ArrayBuffer> {
  const refuse = (detail: string, cause?: unknown) =>
    new SignalError("bad-signal", { target, detail, cause });
  if (!Object.hasOwn(SIGNAL_MESSAGE_TYPES, type)) throw refuse("no such type");
  const targetId = parseClientId(target);
  if (targetId === null) {
    throw refuse("target must be 1-128 characters without control characters");
  }
  let text: string | undefined;
  let cause: unknown;
  try {
    text = jsonText(data, refuse);
  } catch (thrown) {
    if (thrown instanceof SignalError) throw thrown;
    // A RangeError for data that is nested too deep, or whatever a toJSON method in the data throws.
    cause = thrown;
  }
  if (text === undefined) throw refuse("the data has no JSON form", cause);
  const payload = signalJson(targetId, text);
  const bytes = encodeUtf8(payload).length + sourceField(source).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new SignalError("too-large", { target, detail: `${bytes} bytes with the sender's id` });
  }
  return encodeJson(SIGNAL_MESSAGE_TYPES[type], uuid, payload);
}

/** Packs frames back to back (FR2), in order, into messages of at most 64 KiB. A larger frame gets its own message. */
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
