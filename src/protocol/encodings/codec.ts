/** What a payload type must be able to say. One implementation a type: `json.ts`, `text.ts`, `binary.ts`. */
import type { ClientId } from "../client-id.ts";
import type { ErrorCode, Fault } from "../errors.ts";
import type { Cut } from "./splice.ts";
import type { Result } from "../result.ts";

/** CONNECT (CO1). `authToken` is null where the frame holds none: the upgrade may have settled who this is. */
export interface ConnectRequest {
  readonly clientId: ClientId;
  readonly authToken: string | null;
  readonly capabilities: readonly string[];
}

/** HEARTBEAT (HB1). `timestamp` is the client's own clock, echoed. */
export interface HeartbeatRequest {
  readonly timestamp: number | null;
}

/** DISCONNECT (DC1). */
export interface DisconnectRequest {
  readonly reason: string | null;
}

/** SIGNAL_* on its way in (SI1). The cut is where the source belongs, as `encodeSource` says it: it is named once, by the hub (SI2-SI4). */
export interface SignalRequest extends Cut {
  readonly target: ClientId;
}

/** CONNECT_ACK (CO2). */
export interface ConnectAnswer {
  readonly sessionId: string;
  readonly clientId: ClientId;
  readonly heartbeatIntervalSeconds: number;
  readonly serverTimeMs: number;
  readonly capabilities: readonly string[];
}

/** HEARTBEAT_ACK (HB1). */
export interface HeartbeatAnswer {
  readonly timestampMs: number;
  readonly clientTimestamp: number | null;
}

/** SIGNAL_ACK (SI10). */
export interface SignalAckAnswer {
  readonly target: ClientId;
}

/** ERROR (ER1). */
export interface ErrorAnswer {
  readonly code: ErrorCode;
  readonly text: string;
  readonly target: ClientId | null;
  readonly retryAfterMs: number | null;
}

/**
 * Decoding MUST NOT throw on any bytes. A decoded request MAY hold views of the payload.
 * Encoding MUST return null where the payload type cannot say the answer: JSON then says it (PT6).
 */
export interface PayloadCodec {
  decodeConnect(payload: Uint8Array): Result<ConnectRequest, Fault>;
  decodeHeartbeat(payload: Uint8Array): Result<HeartbeatRequest, Fault>;
  decodeDisconnect(payload: Uint8Array): Result<DisconnectRequest, Fault>;
  decodeSignal(payload: Uint8Array): Result<SignalRequest, Fault>;
  /** MUST give the same bytes for the same source: they may be kept. */
  encodeSource(source: ClientId): Result<Uint8Array, Fault>;
  encodeConnectAck(answer: ConnectAnswer): Uint8Array | null;
  encodeHeartbeatAck(answer: HeartbeatAnswer): Uint8Array | null;
  encodeSignalAck(answer: SignalAckAnswer): Uint8Array | null;
  encodeError(answer: ErrorAnswer): Uint8Array | null;
}
