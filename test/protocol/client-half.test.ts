/** What a client reads of the hub's answers and of delivered signals. Each is tested against what the hub writes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import {
  BINARY_PAYLOAD,
  JSON_PAYLOAD,
  PAYLOAD_TYPES,
  TEXT_PAYLOAD,
} from "../../src/protocol/encodings/payload-types.ts";
import {
  connectAck,
  connectJson,
  connectRequest,
  decodeConnectAck,
} from "../../src/protocol/messages/connect.ts";
import { decodeError, errorAnswer } from "../../src/protocol/messages/error.ts";
import {
  decodeDelivered,
  decodeSignalAck,
  signalAck,
  signalJson,
} from "../../src/protocol/messages/signal.ts";
import { decodePayload } from "../../src/protocol/encodings/payload.ts";
import { success } from "../../src/protocol/result.ts";
import { binary } from "../support/frames.ts";
import { stampPayload } from "../support/stamp.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => bytes(JSON.stringify(value));

// "alice" passes.
const ALICE = parseClientId("alice") as ClientId;

const ACK = {
  status: "success",
  session_id: "s",
  client_id: "alice",
  heartbeat_interval: 30,
  server_time: 7,
  capabilities: ["ack"],
};

describe("CONNECT_ACK", () => {
  it("[CO2] is read as the hub writes it, with its seconds as milliseconds", () => {
    const payload = connectAck.json({
      sessionId: "s",
      clientId: ALICE,
      heartbeatIntervalSeconds: 30,
      serverTimeMs: 7,
      capabilities: ["ack"],
    });
    expect(decodeConnectAck(json(payload))).toEqual({
      heartbeatIntervalMs: 30_000,
      capabilities: ["ack"],
    });
  });

  it.each([
    { status: "failure" },
    { heartbeat_interval: 0 },
    { heartbeat_interval: "30" },
    { capabilities: "ack" },
    { capabilities: [1] },
  ])("[CO2] is not read where it holds %j", (wrong) => {
    expect(decodeConnectAck(json(ACK))).not.toBeNull();
    expect(decodeConnectAck(json({ ...ACK, ...wrong }))).toBeNull();
  });
});

describe("ERROR", () => {
  it("[ER1] is read as the hub writes it", () => {
    const absent = errorAnswer.json({ fault: "signal.absent", target: ALICE });
    expect(decodeError(json(absent))).toEqual({
      code: 404,
      text: "Target client not found",
      target: "alice",
      retryAfterMs: null,
    });
    const full = errorAnswer.json({ fault: "connect.full", retryAfterMs: 1_000 });
    expect(decodeError(json(full))).toEqual({
      code: 503,
      text: "The hub is full",
      target: null,
      retryAfterMs: 1_000,
    });
  });

  it("[ER1] is read with the code of a later version, and without optional fields of a wrong type", () => {
    const payload = json({
      error_code: 418,
      error_message: "tea",
      target_client_id: 1,
      retry_after_ms: -1,
    });
    expect(decodeError(payload)).toEqual({
      code: 418,
      text: "tea",
      target: null,
      retryAfterMs: null,
    });
  });

  it.each([{ error_code: "404", error_message: "" }, { error_code: 404 }, {}])(
    "[ER1] is not read out of %j",
    (wrong) => {
      expect(decodeError(json(wrong))).toBeNull();
    },
  );
});

describe("SIGNAL_ACK", () => {
  it("[SI10] is read as the hub writes it", () => {
    expect(decodeSignalAck(json(signalAck.json({ target: ALICE })))).toEqual({ target: "alice" });
  });

  it.each([{ status: "success", target_client_id: "bob" }, { status: "delivered" }])(
    "[SI10] is not read out of %j",
    (wrong) => {
      expect(decodeSignalAck(json(wrong))).toBeNull();
    },
  );
});

describe("A delivered signal", () => {
  it.each<[string, number, Uint8Array, unknown]>([
    ["SI2", JSON_PAYLOAD, json({ target_client_id: "bob", signal_data: null }), null],
    ["SI3", TEXT_PAYLOAD, bytes("bob:v=0\nc:1"), "v=0\nc:1"],
    ["SI3", TEXT_PAYLOAD, bytes("bob:"), ""],
    ["SI4", BINARY_PAYLOAD, binary(["bob"], Uint8Array.of(1, 2)), Uint8Array.of(1, 2)],
    ["SI4", BINARY_PAYLOAD, binary(["bob"]), new Uint8Array()],
  ])("[%s] is read as the hub stamps it, in payload type %i", (_, payloadType, payload, data) => {
    const stamped = stampPayload(payloadType, payload, "zoë");
    if (!stamped.ok) throw new Error(stamped.failure);
    const delivered = decodeDelivered(payloadType, stamped.value.payload);
    expect(delivered).toEqual({ source: "zoë", data });
    // It may be kept: a view would keep its whole WebSocket message, and could change with it.
    stamped.value.payload.fill(0);
    expect(delivered).toEqual({ source: "zoë", data });
  });

  it.each<[string, number, Uint8Array]>([
    ["JSON without signal_data", JSON_PAYLOAD, json({ source_client_id: "bob" })],
    ["JSON without a source", JSON_PAYLOAD, json({ signal_data: 1 })],
    [
      "JSON with a source that is a number",
      JSON_PAYLOAD,
      json({ source_client_id: 1, signal_data: 1 }),
    ],
    ["TEXT without a colon", TEXT_PAYLOAD, bytes("bob")],
    ["TEXT without a source", TEXT_PAYLOAD, bytes(":data")],
    ["TEXT that is not UTF-8", TEXT_PAYLOAD, Uint8Array.of(0x62, 0x3a, 0xff)],
    ["BINARY without a byte", BINARY_PAYLOAD, new Uint8Array()],
    ["BINARY without a source", BINARY_PAYLOAD, Uint8Array.of(0, 1)],
    ["BINARY that ends inside its source", BINARY_PAYLOAD, Uint8Array.of(4, 0x62, 0x6f, 0x62)],
    [
      "a payload type that is not supported",
      0x05,
      json({ source_client_id: "bob", signal_data: 1 }),
    ],
  ])("[SI2] [SI3] [SI4] is not read out of %s", (_, payloadType, payload) => {
    expect(decodeDelivered(payloadType, payload)).toBeNull();
  });
});

describe("The client's encoder", () => {
  it.each([null, "secret"])(
    "[CO1] writes a CONNECT that the hub reads, with the token %j",
    (authToken) => {
      const request = { clientId: ALICE, authToken, capabilities: ["ack"] };
      const payload = bytes(connectJson(request));
      expect(decodePayload(JSON_PAYLOAD, payload, connectRequest)).toEqual(success(request));
      expect(Object.keys(JSON.parse(connectJson(request)) as object)).toEqual([
        "client_id",
        ...(authToken === null ? [] : ["auth_token"]),
        "capabilities",
      ]);
    },
  );

  it("[SI1] writes a signal that the hub reads and stamps", () => {
    const payload = bytes(signalJson(ALICE, JSON.stringify({ sdp: "v=0" })));
    const stamped = stampPayload(JSON_PAYLOAD, payload, "zoë");
    expect(stamped).toMatchObject({ ok: true, value: { target: "alice" } });
    expect(stamped.ok && decodeDelivered(JSON_PAYLOAD, stamped.value.payload)).toEqual({
      source: "zoë",
      data: { sdp: "v=0" },
    });
  });
});

describe("Every decoder of the client", () => {
  const decoders = [
    decodeConnectAck,
    decodeError,
    decodeSignalAck,
    (payload: Uint8Array) => decodeDelivered(JSON_PAYLOAD, payload),
  ];

  it.each(["", "null", "[]", "1", '"x"', "{", "\ufeff{}", `${"[".repeat(100_000)}`])(
    "[PT3] returns null for %j",
    (text) => {
      expect(decoders.map((decode) => decode(bytes(text)))).toEqual([null, null, null, null]);
    },
  );

  it("[PT3] never throws, whatever the bytes or the JSON are", () => {
    const payload = fc.oneof(fc.uint8Array(), fc.json().map(bytes));
    fc.assert(
      fc.property(payload, (any) => {
        for (const decode of decoders) decode(any);
        for (const { value } of Object.values(PAYLOAD_TYPES)) decodeDelivered(value, any);
      }),
    );
  });
});
