/** The hub's own messages as frames: every answer in every payload type, and the golden vectors of the hub. */
import { describe, expect, it } from "vitest";
import type { AnswerEncoder } from "../../src/protocol/encodings/payload.ts";
import { faultRow, FAULTS, type Fault } from "../../src/protocol/errors.ts";
import { connectAck, type ConnectAnswer } from "../../src/protocol/messages/connect.ts";
import { errorAnswer, type ErrorDetails } from "../../src/protocol/messages/error.ts";
import { heartbeatAck, type HeartbeatAnswer } from "../../src/protocol/messages/heartbeat.ts";
import { signalAck, type SignalAckAnswer } from "../../src/protocol/messages/signal.ts";
import { framesWire } from "../../src/wires/frames.ts";
import { UNSOLICITED, type ReplyTo } from "../../src/wires/wire.ts";
import { clientId } from "../support/client-ids.ts";
import { NIL, seen, uuid, uuidBytes } from "../support/frames.ts";
import { toHex } from "../support/hex.ts";
import { GOOD_VECTORS, type VectorFrame } from "../support/vectors.ts";

const PAYLOAD_TYPES = { BINARY: 0x01, JSON: 0x02, TEXT: 0x03, PROTOBUF: 0x04, CBOR: 0x05 };
const faults = Object.keys(FAULTS) as Fault[];

function answered(payloadType: number, id = uuid(7)): ReplyTo {
  return { uuid: uuidBytes(id), payloadType };
}

function encode<Answer>(to: ReplyTo, encoder: AnswerEncoder<Answer>, answer: Answer): Uint8Array {
  const message = framesWire.encode(to, encoder, answer);
  if (typeof message === "string") throw new Error("the frames wire wrote text");
  return message;
}

const encodeConnectAck = (to: ReplyTo, answer: ConnectAnswer) => encode(to, connectAck, answer);
const encodeHeartbeatAck = (to: ReplyTo, answer: HeartbeatAnswer) =>
  encode(to, heartbeatAck, answer);
const encodeSignalAck = (to: ReplyTo, answer: SignalAckAnswer) => encode(to, signalAck, answer);
const encodeError = (to: ReplyTo, fault: Fault, details: ErrorDetails = {}) =>
  encode(to, errorAnswer, { fault, ...details });

const ack = {
  sessionId: "2b1e7f6c-7d53-4a3e-9a39-7a1f0f8f7a11",
  clientId: clientId("alice"),
  heartbeatIntervalSeconds: 30,
  serverTimeMs: 1_790_000_000_000,
  capabilities: [],
};
const beat = { timestampMs: 1_790_000_000_456, clientTimestamp: 1_790_000_000_123 };

const toBob = { target: clientId("bob") };

describe("An answer", () => {
  const said = {
    CONNECT_ACK: ["JSON", "TEXT"],
    HEARTBEAT_ACK: ["JSON"],
    SIGNAL_ACK: ["JSON", "TEXT"],
    ERROR: ["JSON", "TEXT"],
  };
  const cases = Object.entries(PAYLOAD_TYPES).flatMap(([name, payloadType]) => [
    [name, "CONNECT_ACK", said.CONNECT_ACK, encodeConnectAck(answered(payloadType), ack)] as const,
    [
      name,
      "HEARTBEAT_ACK",
      said.HEARTBEAT_ACK,
      encodeHeartbeatAck(answered(payloadType), beat),
    ] as const,
    [name, "SIGNAL_ACK", said.SIGNAL_ACK, encodeSignalAck(answered(payloadType), toBob)] as const,
    [name, "ERROR", said.ERROR, encodeError(answered(payloadType), "auth.invalid")] as const,
  ]);

  it.each(cases)(
    "[PT6] to a frame in %s is %s in that payload type if it is one of %j, and otherwise in JSON",
    (name, type, sayable, bytes) => {
      const inKind = (sayable as readonly string[]).includes(name);
      expect(bytes[18]).toBe(inKind ? PAYLOAD_TYPES[name as "TEXT"] : PAYLOAD_TYPES.JSON);
      expect(seen(bytes).type).toBe(type);
    },
  );

  it.each(cases)(
    "[CO3] [ER2] to a frame in %s carries the uuid of that frame: %s",
    (_name, _type, _sayable, bytes) => {
      expect(seen(bytes).uuid).toBe(uuid(7));
    },
  );

  it.each([0x00, 0x06, 0xff])(
    "[PT6] to a frame in an unknown payload type is JSON: %i",
    (payloadType) => {
      const bytes = encodeError(answered(payloadType), "payload.type");
      expect(bytes[18]).toBe(PAYLOAD_TYPES.JSON);
      expect(seen(bytes).payload).toMatchObject({ error_code: 400 });
    },
  );

  it("[ER2] to no frame is JSON with the nil uuid", () => {
    expect(seen(encodeError(UNSOLICITED, "session.replaced"))).toEqual({
      type: "ERROR",
      uuid: NIL,
      payload: { error_code: 409, error_message: "Another connection took over this client id" },
    });
  });
});

describe("CONNECT_ACK", () => {
  it("[CO2] describes the session in JSON", () => {
    expect(seen(encodeConnectAck(answered(PAYLOAD_TYPES.JSON), ack)).payload).toEqual({
      status: "success",
      session_id: ack.sessionId,
      client_id: "alice",
      heartbeat_interval: 30,
      server_time: 1_790_000_000_000,
      capabilities: [],
    });
  });

  it("[CO2] [PT4] names its status and the session in TEXT", () => {
    const { payload } = seen(encodeConnectAck(answered(PAYLOAD_TYPES.TEXT), ack));
    expect(payload).toBe(`success:${ack.sessionId}`);
  });
});

describe("HEARTBEAT_ACK", () => {
  it.each([1_790_000_000_123, 0, 1.5, null])(
    "[HB1] echoes the client's timestamp: %s",
    (clientTimestamp) => {
      const bytes = encodeHeartbeatAck(answered(PAYLOAD_TYPES.TEXT), { ...beat, clientTimestamp });
      expect(seen(bytes).payload).toEqual({
        timestamp: 1_790_000_000_456,
        client_timestamp: clientTimestamp,
      });
    },
  );
});

describe("SIGNAL_ACK", () => {
  it("[SI10] names the target in JSON and in TEXT", () => {
    const inJson = seen(encodeSignalAck(answered(PAYLOAD_TYPES.JSON), toBob));
    expect(inJson.payload).toEqual({ status: "delivered", target_client_id: "bob" });
    const inText = seen(encodeSignalAck(answered(PAYLOAD_TYPES.TEXT), toBob));
    expect(inText.payload).toBe("delivered:bob");
  });
});

describe("ERROR", () => {
  it.each(faults)("[ER1] holds the code and the text of its row, and nothing else: %s", (fault) => {
    const { code, text } = faultRow(fault);
    expect(seen(encodeError(answered(PAYLOAD_TYPES.JSON), fault)).payload).toEqual({
      error_code: code,
      error_message: text,
    });
    expect(seen(encodeError(answered(PAYLOAD_TYPES.TEXT), fault)).payload).toBe(`${code}:${text}`);
  });

  it("[ER1] names the target of a refused signal", () => {
    const bytes = encodeError(answered(PAYLOAD_TYPES.BINARY), "signal.absent", {
      target: clientId("zoë"),
    });
    expect(seen(bytes).payload).toEqual({
      error_code: 404,
      error_message: "Target client not found",
      target_client_id: "zoë",
    });
  });

  it.each([0, 250])(
    "[ER1] holds the time to wait before the next attempt: %i ms",
    (retryAfterMs) => {
      const bytes = encodeError(answered(PAYLOAD_TYPES.JSON), "rate.exceeded", { retryAfterMs });
      expect(seen(bytes).payload).toMatchObject({ error_code: 429, retry_after_ms: retryAfterMs });
    },
  );
});

describe("A golden vector of the hub", () => {
  const answers = GOOD_VECTORS.flatMap(({ name, hex, frames: [frame] }) =>
    frame && ["CONNECT_ACK", "HEARTBEAT_ACK", "SIGNAL_ACK", "ERROR"].includes(frame.type)
      ? [{ name, hex, frame }]
      : [],
  );

  it.each(answers)(
    "[CO2] [HB1] [SI10] [ER1] is what the frames wire writes: $name",
    ({ hex, frame }) => {
      expect(toHex(written(frame))).toBe(hex);
    },
  );
});

/** The answer of the hub that has the content of the vector. */
function written(frame: VectorFrame): Uint8Array {
  const to = answered(PAYLOAD_TYPES[frame.payload_type], frame.uuid);
  const said = fieldsOf(frame);
  switch (frame.type) {
    case "CONNECT_ACK": {
      const { session_id: sessionId = "", client_id: id = "alice", capabilities = [] } = said;
      return encodeConnectAck(to, { ...ack, sessionId, clientId: clientId(id), capabilities });
    }
    case "HEARTBEAT_ACK": {
      const { timestamp: timestampMs = 0, client_timestamp: clientTimestamp = null } = said;
      return encodeHeartbeatAck(to, { timestampMs, clientTimestamp });
    }
    case "SIGNAL_ACK":
      return encodeSignalAck(to, { target: clientId(said.target_client_id ?? "") });
    default: {
      const { target_client_id: target, retry_after_ms: retryAfterMs = null } = said;
      const about = { target: target === undefined ? null : clientId(target), retryAfterMs };
      return encodeError(to, faultThatSays(said), about);
    }
  }
}

interface AnswerFields {
  readonly session_id?: string;
  readonly client_id?: string;
  readonly capabilities?: readonly string[];
  readonly timestamp?: number;
  readonly client_timestamp?: number | null;
  readonly error_code?: number;
  readonly error_message?: string;
  readonly target_client_id?: string;
  readonly retry_after_ms?: number;
}

/** JSON as it is; the parts of TEXT under the names that JSON has for them. */
function fieldsOf({ type, payload }: VectorFrame): AnswerFields {
  if (typeof payload !== "string") return payload as AnswerFields;
  const [head = "", ...rest] = payload.split(":");
  const said = rest.join(":");
  if (type === "CONNECT_ACK") return { session_id: said };
  if (type === "SIGNAL_ACK") return { target_client_id: said };
  return { error_code: Number(head), error_message: said };
}

function faultThatSays({ error_code, error_message }: AnswerFields): Fault {
  const fault = faults.find((name) => {
    const { code, text } = faultRow(name);
    return code === error_code && text === error_message;
  });
  if (fault === undefined) throw new Error(`no fault says ${error_code}: ${error_message}`);
  return fault;
}
