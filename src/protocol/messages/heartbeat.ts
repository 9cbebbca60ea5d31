/** HEARTBEAT and HEARTBEAT_ACK: a client keeps its session alive, and learns the hub's clock (HB1, HB2). */
import { requestDecoder, type AnswerEncoder } from "../encodings/payload.ts";
import { decodeUtf8 } from "../encodings/utf8.ts";
import { failed, success } from "../result.ts";

export const HEARTBEAT = 0x04;
export const HEARTBEAT_ACK = 0x05;

export const HEARTBEAT_ROWS = {
  HEARTBEAT: { value: HEARTBEAT, from: "client", signal: false, doc: "Keeps the session alive" },
  HEARTBEAT_ACK: { value: HEARTBEAT_ACK, from: "hub", signal: false, doc: "Answers a HEARTBEAT" },
} as const;

export interface HeartbeatRequest {
  /** The client's own clock, which the answer echoes. */
  readonly timestamp: number | null;
}

export interface HeartbeatAnswer {
  /** The hub's clock, in milliseconds since 1970. */
  readonly timestampMs: number;
  readonly clientTimestamp: number | null;
}

export const heartbeatRequest = /* @__PURE__ */ requestDecoder<HeartbeatRequest>({
  empty: { timestamp: null },

  json(fields) {
    const timestamp = fields["timestamp"] ?? null;
    if (timestamp === null) return success({ timestamp });
    // JSON allows 1e999, which JavaScript reads as Infinity.
    return typeof timestamp === "number" && Number.isFinite(timestamp)
      ? success({ timestamp })
      : failed("payload.timestamp");
  },

  text(payload) {
    const text = decodeUtf8(payload);
    if (text === null) return failed("payload.utf8");
    return /^\d{1,15}$/.test(text)
      ? success({ timestamp: Number(text) })
      : failed("payload.timestamp");
  },

  binary: () => failed("payload.not-empty"),
});

export const heartbeatAck: AnswerEncoder<HeartbeatAnswer> = {
  messageType: HEARTBEAT_ACK,
  json: (answer) => ({ timestamp: answer.timestampMs, client_timestamp: answer.clientTimestamp }),
};
