/** What a client reads of the hub's JSON: the mirror of what `json.ts` writes. Nothing here throws, on any bytes. */
import { decodeUtf8 } from "./utf8.ts";

/** What a client needs of CONNECT_ACK (CO2, CO4). */
export interface ConnectAck {
  readonly heartbeatIntervalMs: number;
  readonly capabilities: readonly string[];
}

/** ERROR (ER1), with whatever number the hub gave: a later version may have more. */
export interface ErrorReport {
  readonly code: number;
  readonly text: string;
  readonly target: string | null;
  readonly retryAfterMs: number | null;
}

/** SIGNAL_* as its target reads it (SI2). */
export interface Delivered {
  readonly source: string;
  readonly signalData: unknown;
}

/** Each `decode*` is null where the payload is not what PROTOCOL.md says. */
export function decodeConnectAck(payload: Uint8Array): ConnectAck | null {
  const fields = parseFields(payload);
  const intervalSeconds = fields["heartbeat_interval"];
  const capabilities = fields["capabilities"];
  return fields["status"] === "success" && isPositive(intervalSeconds) && isStrings(capabilities)
    ? { heartbeatIntervalMs: intervalSeconds * 1000, capabilities }
    : null;
}

export function decodeError(payload: Uint8Array): ErrorReport | null {
  const fields = parseFields(payload);
  const code = fields["error_code"];
  const text = fields["error_message"];
  const target = fields["target_client_id"];
  const retryAfterMs = fields["retry_after_ms"];
  if (typeof code !== "number" || typeof text !== "string") return null;
  return {
    code,
    text,
    target: typeof target === "string" ? target : null,
    retryAfterMs: isPositive(retryAfterMs) ? retryAfterMs : null,
  };
}

/** SIGNAL_ACK: the target whose connection took the signal. */
export function decodeSignalAck(payload: Uint8Array): { readonly target: string } | null {
  const fields = parseFields(payload);
  const target = fields["target_client_id"];
  return fields["status"] === "delivered" && typeof target === "string" ? { target } : null;
}

export function decodeDelivered(payload: Uint8Array): Delivered | null {
  const fields = parseFields(payload);
  const source = fields["source_client_id"];
  return typeof source === "string" && Object.hasOwn(fields, "signal_data")
    ? { source, signalData: fields["signal_data"] }
    : null;
}

/** No fields at all where the payload is no JSON object: every decoder then misses its first one. */
function parseFields(payload: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(decodeUtf8(payload) ?? "");
    // An object, or an array, which has none of the names that are read.
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // SyntaxError, or RangeError where the nesting is deeper than the engine's stack.
    return {};
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
