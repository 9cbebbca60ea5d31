/** SIGNAL_* and SIGNAL_ACK: what one client says to another through the hub, which names its source (SI1-SI10). */
import { parseClientIdFast, type ClientId } from "../client-id.ts";
import { MAX_PREFIXED_BYTES, prefixed, splitPrefixed } from "../encodings/binary.ts";
import { fieldsOf, isWrapped, requestDecoder, type AnswerEncoder } from "../encodings/payload.ts";
import { BINARY_PAYLOAD, JSON_PAYLOAD, TEXT_PAYLOAD } from "../encodings/payload-types.ts";
import type { Cut } from "../encodings/splice.ts";
import { cutForSource, sourceField } from "../encodings/stamp-json.ts";
import { decodeUtf8, encodeUtf8 } from "../encodings/utf8.ts";
import type { Fault } from "../errors.ts";
import { encodeFrame } from "../frame.ts";
import { MAX_PAYLOAD_BYTES } from "../limits.ts";
import { failed, success, type Result } from "../result.ts";

/** The bytes of these message types. */
export const SIGNAL_OFFER = 0x10;
export const SIGNAL_ANSWER = 0x11;
export const SIGNAL_ICE_CANDIDATE = 0x12;
export const SIGNAL_ACK = 0x13;

/** Their rows in the table of message types. */
export const SIGNAL_ROWS = {
  SIGNAL_OFFER: { value: SIGNAL_OFFER, from: "both", signal: true, doc: "A WebRTC offer" },
  SIGNAL_ANSWER: { value: SIGNAL_ANSWER, from: "both", signal: true, doc: "A WebRTC answer" },
  SIGNAL_ICE_CANDIDATE: {
    value: SIGNAL_ICE_CANDIDATE,
    from: "both",
    signal: true,
    doc: "A WebRTC ICE candidate",
  },
  SIGNAL_ACK: { value: SIGNAL_ACK, from: "hub", signal: false, doc: "A signal was delivered" },
} as const;

/** A signal as its source sent it. The cut is where the bytes of `encodeSource` belong (SI2-SI4). */
export interface SignalRequest extends Cut {
  readonly target: ClientId;
  /** How this payload type names the source; a fault where it cannot (ID2, ID3). */
  readonly encodeSource: EncodeSource;
}

type EncodeSource = (source: ClientId) => Result<Uint8Array, Fault>;

/** What SIGNAL_ACK says. */
export interface SignalAckAnswer {
  readonly target: ClientId;
}

// The hub's half.

/** Reads SIGNAL_OFFER, SIGNAL_ANSWER and SIGNAL_ICE_CANDIDATE (SI1) in each payload type. */
export const signalRequest = /* @__PURE__ */ requestDecoder<SignalRequest>({
  json(fields, text, payload) {
    const target = parseClientIdFast(fields["target_client_id"]);
    if (target === null) {
      return failed(isWrapped(fields, "target_client_id") ? "payload.wrapped" : "payload.target");
    }
    // JSON has no undefined: the field is missing.
    if (fields["signal_data"] === undefined) return failed("payload.signal-data");
    const { payload: withoutSource, cutAt, resumeAt } = cutForSource(payload, text, fields);
    return success({ target, payload: withoutSource, cutAt, resumeAt, encodeSource: sourceInJson });
  },

  /** `target_client_id:signal_data` */
  text(payload) {
    const colon = payload.indexOf(COLON);
    if (colon === -1) return failed("payload.text");
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    const target = parseClientIdFast(text.slice(0, text.indexOf(":")));
    if (target === null) return failed("payload.target");
    return success({ target, payload, cutAt: 0, resumeAt: colon, encodeSource: sourceInText });
  },

  /** `[length][target_client_id][signal bytes …]` */
  binary(payload) {
    const id = splitPrefixed(payload);
    if (id === null) return failed("payload.binary");
    const text = decodeUtf8(id.head);
    if (text === null) return failed("payload.utf8");
    const target = parseClientIdFast(text);
    if (target === null) return failed("payload.target");
    const resumeAt = 1 + id.head.length;
    return success({ target, payload, cutAt: 0, resumeAt, encodeSource: sourceInBinary });
  },
});

const COLON = 0x3a;

// `PURE` lets a bundler drop them where nothing is stamped, as in the client.

const sourceInJson = /* @__PURE__ */ memoizeSource((source) => success(sourceField(source)));

/** A colon in the id would make the target read another name. */
const sourceInText = /* @__PURE__ */ memoizeSource((source) =>
  source.includes(":") ? failed("signal.source-text") : success(encodeUtf8(source)),
);

const sourceInBinary = /* @__PURE__ */ memoizeSource((source) => {
  const id = encodeUtf8(source);
  return id.length > MAX_PREFIXED_BYTES ? failed("signal.source-binary") : success(prefixed(id));
});

/** Remembers the encodings of up to MAX_SOURCES sources. */
function memoizeSource(encode: EncodeSource): EncodeSource {
  const encodedBySource = new Map<ClientId, ReturnType<EncodeSource>>();
  return (source) => {
    const known = encodedBySource.get(source);
    if (known !== undefined) return known;
    // Emptied rather than aged: a look-up then changes nothing, and the size is bounded all the same.
    if (encodedBySource.size >= MAX_SOURCES) encodedBySource.clear();
    const encoded = encode(source);
    encodedBySource.set(source, encoded);
    return encoded;
  };
}

/** A hub has fewer sessions by default. An id has at most 128 characters: at most some 1.3 MB in each of the three caches. */
const MAX_SOURCES = 1024;

/** Writes SIGNAL_ACK (SI10). */
export const signalAck: AnswerEncoder<SignalAckAnswer> = {
  messageType: SIGNAL_ACK,
  json: ({ target }) => ({ status: "delivered", target_client_id: target }),
  text: ({ target }) => `delivered:${target}`,
};

/** The frame of a signal that no client sent: a backend's, through the admin API. */
export interface BackendFrame {
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  readonly messageType: number;
  readonly source: ClientId;
  readonly target: ClientId;
  /** Any value that JSON can express. */
  readonly data: unknown;
}

/** The whole frame that the target receives, its source named as the hub names a client's (SI2); `signal.too-large` (SI8). */
export function encodeBackendFrame(frame: BackendFrame): Result<Uint8Array, Fault> {
  const { uuid, messageType, source, target, data } = frame;
  const payload = encodeUtf8(
    JSON.stringify({ source_client_id: source, target_client_id: target, signal_data: data }),
  );
  if (payload.length > MAX_PAYLOAD_BYTES) return failed("signal.too-large");
  return success(encodeFrame({ messageType, uuid, payloadType: JSON_PAYLOAD, payload }));
}

// The client's half.

/** `data` is JSON already: the client reports data that JSON cannot express as an error of its own. */
export function signalJson(target: ClientId, data: string): string {
  return `{"target_client_id":${JSON.stringify(target)},"signal_data":${data}}`;
}

/** A signal as its target reads it. */
export interface Delivered {
  readonly source: string;
  /** A JSON value, a string where the source spoke TEXT, a Uint8Array of its own where it spoke BINARY. */
  readonly data: unknown;
}

/** The source chose the payload type (SI2-SI4). null where the payload is not what PROTOCOL.md says. Never throws. */
export function decodeDelivered(payloadType: number, payload: Uint8Array): Delivered | null {
  switch (payloadType) {
    case JSON_PAYLOAD: {
      const { source_client_id: source, signal_data: data } = fieldsOf(payload);
      return typeof source === "string" && data !== undefined ? { source, data } : null;
    }
    case TEXT_PAYLOAD: {
      const [, source, data] = /^([^:]+):([^]*)$/.exec(decodeUtf8(payload) ?? "") ?? [];
      return source === undefined ? null : { source, data };
    }
    case BINARY_PAYLOAD: {
      const end = 1 + (payload[0] ?? 0);
      const source = decodeUtf8(payload.subarray(1, end));
      return source && end <= payload.length ? { source, data: payload.slice(end) } : null;
    }
  }
  return null;
}

/** SIGNAL_ACK (SI10): the target whose connection took the signal; null where the payload is not what PROTOCOL.md says. */
export function decodeSignalAck(payload: Uint8Array): { readonly target: string } | null {
  const { status, target_client_id: target } = fieldsOf(payload);
  return status === "delivered" && typeof target === "string" ? { target } : null;
}
