/**
 * Every error of the wire. A client sees and acts on the codes of ERROR_CODES. FAULTS has one row for each way to get
 * an ERROR. The hub, the Worker, the logs, PROTOCOL.md and the tests all read these two tables.
 */
import type { CloseName } from "./close-codes.ts";

export const ERROR_CODES = {
  400: {
    name: "Bad Request",
    doc: "malformed frame or payload, or a frame that has no place here",
  },
  401: { name: "Unauthorized", doc: "bad credentials, or a frame before CONNECT" },
  403: {
    name: "Forbidden",
    doc: "the token does not allow this target, or an administrator ended the session",
  },
  404: { name: "Not Found", doc: "the target is not connected" },
  409: { name: "Conflict", doc: "another connection took over this client id" },
  413: { name: "Too Large", doc: "the message, or the signal with its sender's id, is too large" },
  429: { name: "Too Many Requests", doc: "rate limit; try again after retry_after_ms" },
  500: { name: "Internal Server Error", doc: "our fault" },
  503: {
    name: "Service Unavailable",
    doc: "hub full, or the target does not read, or its hub does not answer; try again after retry_after_ms",
  },
} as const satisfies Record<number, { readonly name: string; readonly doc: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

interface FaultRow {
  readonly code: ErrorCode;
  /** The `error_message`: one sentence that a person can act on. */
  readonly text: string;
  /** The close that follows at once. Left out: the connection is kept (ER3). */
  readonly close?: CloseName;
  /** The rule of PROTOCOL.md that asks for it. */
  readonly rule: string;
}

// One line per row, so that the columns can be read from top to bottom.
// oxfmt-ignore
export const FAULTS = {
  "message.text": { code: 400, rule: "FR7", text: "Text messages are not frames: send binary, or the text 'ping'" },
  "message.empty": { code: 400, rule: "FR2", text: "The message holds no frame" },
  "message.too-large": { code: 413, rule: "FR3", text: "The message exceeds the size limit", close: "too-large" },
  "frame.start-byte": { code: 400, rule: "FR4", text: "A frame starts with 0xAA: the rest of this message is dropped" },
  "frame.truncated-header": { code: 400, rule: "FR5", text: "The message ends inside a frame header of 21 bytes" },
  "frame.truncated-payload": { code: 400, rule: "FR5", text: "The message ends inside the payload its header announces" },
  "frame.lost": { code: 400, rule: "FR6", text: "Too many messages without a readable frame", close: "framing-lost" },
  "payload.type": { code: 400, rule: "PT2", text: "Payload type not supported: use JSON 0x02, TEXT 0x03 or BINARY 0x01" },
  "payload.utf8": { code: 400, rule: "PT3", text: "The payload is not valid UTF-8" },
  "payload.json": { code: 400, rule: "PT3", text: "The payload is not a JSON object" },
  "payload.text": { code: 400, rule: "PT4", text: "The TEXT payload lacks its colon" },
  "payload.binary": { code: 400, rule: "PT5", text: "The BINARY payload's lengths do not fit its bytes" },
  "payload.not-empty": { code: 400, rule: "PT5", text: "This message type takes no payload in BINARY" },
  "payload.client-id": { code: 400, rule: "ID1", text: "client_id must be a string of 1-128 characters without control characters" },
  "payload.target": { code: 400, rule: "ID1", text: "target_client_id must be a string of 1-128 characters without control characters" },
  "payload.wrapped": { code: 400, rule: "PT3", text: 'The fields are wrapped in a tag, as in {"Connect": {}}: send the inner object alone' },
  "payload.token": { code: 400, rule: "CO1", text: "auth_token must be a string of 1-4096 characters" },
  "payload.capabilities": { code: 400, rule: "CO4", text: "capabilities must be an array of strings" },
  "payload.signal-data": { code: 400, rule: "SI1", text: "signal_data is missing" },
  "payload.timestamp": { code: 400, rule: "HB1", text: "timestamp must be a number" },
  "payload.reason": { code: 400, rule: "DC1", text: "reason must be a string" },
  "type.unknown": { code: 400, rule: "MT2", text: "Unknown message type" },
  "type.hub-only": { code: 400, rule: "MT2", text: "Only the hub sends this message type" },
  "connect.again": { code: 400, rule: "CO6", text: "Already connected: one CONNECT a connection" },
  "connect.reserved": { code: 400, rule: "ID4", text: "The client_id 'backend' is reserved for signals of backends" },
  "connect.other-id": { code: 400, rule: "CO7", text: "client_id differs from the one this connection was opened for" },
  "connect.no-token": { code: 401, rule: "CO1", text: "auth_token is missing" },
  "connect.first": { code: 401, rule: "CO5", text: "Send CONNECT first" },
  "connect.late": { code: 401, rule: "CO9", text: "No CONNECT in time", close: "timed-out" },
  "connect.waiting": { code: 429, rule: "CO8", text: "Too much sent before CONNECT was answered" },
  "connect.full": { code: 503, rule: "CO10", text: "The hub is full", close: "full" },
  "auth.invalid": { code: 401, rule: "CO5", text: "Invalid token" },
  "auth.expired": { code: 401, rule: "SE3", text: "Token has expired" },
  "session.expired": { code: 401, rule: "SE3", text: "Token has expired", close: "unauthenticated" },
  "session.replaced": { code: 409, rule: "SE1", text: "Another connection took over this client id", close: "replaced" },
  "session.kicked": { code: 403, rule: "SE7", text: "An administrator ended this session", close: "kicked" },
  "signal.forbidden": { code: 403, rule: "SI7", text: "Your token does not allow this target" },
  "signal.absent": { code: 404, rule: "SI6", text: "Target client not found" },
  "signal.backlog": { code: 503, rule: "RL3", text: "Target client does not read: too much waits for it" },
  "signal.unreachable": { code: 503, rule: "SI11", text: "The target's hub did not answer: the signal may have arrived, or not" },
  "signal.too-large": { code: 413, rule: "SI8", text: "The signal with your client id exceeds 65535 bytes" },
  "signal.source-text": { code: 400, rule: "ID2", text: "Your client id holds a colon, which TEXT cannot say: use JSON" },
  "signal.source-binary": { code: 400, rule: "ID3", text: "Your client id exceeds 255 bytes, which BINARY cannot say: use JSON" },
  "rate.exceeded": { code: 429, rule: "RL1", text: "Too many frames: slow down" },
  "rate.abuse": { code: 429, rule: "RL2", text: "Rate limit ignored", close: "abuse" },
  internal: { code: 500, rule: "ER4", text: "Internal server error" },
} as const satisfies Record<string, FaultRow>;

export type Fault = keyof typeof FAULTS;

/** The row of a fault, in a type that lets `close` be read from every row. */
export function faultRow(fault: Fault): FaultRow {
  return FAULTS[fault];
}
