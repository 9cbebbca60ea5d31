/** Payload type JSON 0x02: the document's bare objects (PT3). Unknown fields are ignored, and kept in signals. */
import { parseClientId } from "../client-id.ts";
import type { Fault } from "../errors.ts";
import { MAX_TOKEN_CHARS } from "../limits.ts";
import { failed, success, type Result } from "../result.ts";
import type { PayloadCodec } from "./codec.ts";
import { parseTarget } from "./signal-target.ts";
import { memoizeSource } from "./source-cache.ts";
import { sourceField, cutForSource, type JsonFields } from "./stamp-json.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export const jsonCodec: PayloadCodec = {
  decodeConnect(payload) {
    const parsed = parseFields(payload);
    if (!parsed.ok) return parsed;
    const clientId = parseClientId(parsed.value["client_id"]);
    if (clientId === null) return failed("payload.client-id");
    const authToken = parsed.value["auth_token"] ?? null;
    if (authToken !== null && !isToken(authToken)) return failed("payload.token");
    const capabilities = parsed.value["capabilities"] ?? [];
    if (!isStrings(capabilities)) return failed("payload.capabilities");
    return success({ clientId, authToken, capabilities });
  },

  decodeHeartbeat(payload) {
    if (payload.length === 0) return success({ timestamp: null });
    const parsed = parseFields(payload);
    if (!parsed.ok) return parsed;
    const timestamp = parsed.value["timestamp"] ?? null;
    if (timestamp !== null && !isFiniteNumber(timestamp)) return failed("payload.timestamp");
    return success({ timestamp });
  },

  decodeDisconnect(payload) {
    if (payload.length === 0) return success({ reason: null });
    const parsed = parseFields(payload);
    if (!parsed.ok) return parsed;
    const reason = parsed.value["reason"] ?? null;
    if (reason !== null && typeof reason !== "string") return failed("payload.reason");
    return success({ reason });
  },

  decodeSignal(payload) {
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    const fields = parseObject(text);
    if (fields === null) return failed("payload.json");
    const target = parseTarget(fields["target_client_id"]);
    if (target === null) return failed("payload.target");
    // JSON has no undefined: the field is not there.
    if (fields["signal_data"] === undefined) return failed("payload.signal-data");
    const cut = cutForSource(payload, text, fields);
    return success({ target, payload: cut.payload, cutAt: cut.cutAt, resumeAt: cut.resumeAt });
  },

  encodeSource: memoizeSource((source) => success(sourceField(source))),

  encodeConnectAck: (answer) =>
    encode({
      status: "success",
      session_id: answer.sessionId,
      client_id: answer.clientId,
      heartbeat_interval: answer.heartbeatIntervalSeconds,
      server_time: answer.serverTimeMs,
      capabilities: answer.capabilities,
    }),

  encodeHeartbeatAck: (answer) =>
    encode({ timestamp: answer.timestampMs, client_timestamp: answer.clientTimestamp }),

  encodeSignalAck: (answer) => encode({ status: "delivered", target_client_id: answer.target }),

  encodeError: (answer) =>
    encode({
      error_code: answer.code,
      error_message: answer.text,
      ...(answer.target !== null && { target_client_id: answer.target }),
      ...(answer.retryAfterMs !== null && { retry_after_ms: answer.retryAfterMs }),
    }),
};

function parseFields(payload: Uint8Array): Result<JsonFields, Fault> {
  const text = decodeUtf8(payload);
  if (text === null) return failed("payload.utf8");
  const fields = parseObject(text);
  return fields === null ? failed("payload.json") : success(fields);
}

function parseObject(text: string): JsonFields | null {
  try {
    const value: unknown = JSON.parse(text);
    // Checked on the left: an object that is no array has string keys.
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonFields)
      : null;
  } catch {
    // SyntaxError, or RangeError where the nesting is deeper than the engine's stack: either way not JSON for us.
    return null;
  }
}

function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_TOKEN_CHARS;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function encode(fields: JsonFields): Uint8Array {
  return encodeUtf8(JSON.stringify(fields));
}
