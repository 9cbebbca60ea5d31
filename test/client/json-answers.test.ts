/** The client's decoders against what the hub's codec writes. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseClientId, type ClientId } from "../../src/protocol/client-id.ts";
import {
  decodeConnectAck,
  decodeDelivered,
  decodeError,
  decodeSignalAck,
} from "../../src/protocol/encodings/json-answers.ts";
import { jsonCodec } from "../../src/protocol/encodings/json.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const json = (value: unknown) => bytes(JSON.stringify(value));
const NOTHING = new Uint8Array();

// "alice" is a valid client id.
const ALICE = parseClientId("alice") as ClientId;

const ACK = {
  status: "success",
  session_id: "s",
  client_id: "alice",
  heartbeat_interval: 30,
  server_time: 7,
  capabilities: ["ack"],
};

describe("decodeConnectAck()", () => {
  it("[CO2] reads what the hub writes, and turns its seconds into milliseconds", () => {
    const payload = jsonCodec.encodeConnectAck({
      sessionId: "s",
      clientId: ALICE,
      heartbeatIntervalSeconds: 30,
      serverTimeMs: 7,
      capabilities: ["ack"],
    });
    expect(decodeConnectAck(payload ?? NOTHING)).toEqual({
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
  ])("[CO2] returns null for a CONNECT_ACK with %j", (wrong) => {
    expect(decodeConnectAck(json(ACK))).not.toBeNull();
    expect(decodeConnectAck(json({ ...ACK, ...wrong }))).toBeNull();
  });
});

describe("decodeError()", () => {
  it("[ER1] reads what the hub writes", () => {
    const answer = { code: 404, text: "not there", target: ALICE, retryAfterMs: null } as const;
    expect(decodeError(jsonCodec.encodeError(answer) ?? NOTHING)).toEqual(answer);
    const full = { code: 503, text: "full", target: null, retryAfterMs: 1_000 } as const;
    expect(decodeError(jsonCodec.encodeError(full) ?? NOTHING)).toEqual(full);
  });

  it("[ER1] reads an error_code of a later version, and ignores fields that are invalid", () => {
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
    "[ER1] returns null for %j",
    (wrong) => {
      expect(decodeError(json(wrong))).toBeNull();
    },
  );
});

describe("decodeSignalAck()", () => {
  it("reads the target", () => {
    expect(decodeSignalAck(json({ status: "delivered", target_client_id: "bob" }))).toEqual({
      target: "bob",
    });
  });

  it.each([{ status: "success", target_client_id: "bob" }, { status: "delivered" }])(
    "returns null for %j",
    (wrong) => {
      expect(decodeSignalAck(json(wrong))).toBeNull();
    },
  );
});

describe("decodeDelivered()", () => {
  it("[SI2] reads the source and any value of the data", () => {
    expect(decodeDelivered(json({ source_client_id: "bob", signal_data: null }))).toEqual({
      source: "bob",
      signalData: null,
    });
  });

  it.each([
    { source_client_id: "bob" },
    { signal_data: 1 },
    { source_client_id: 1, signal_data: 1 },
  ])("[SI2] returns null for %j", (wrong) => {
    expect(decodeDelivered(json(wrong))).toBeNull();
  });
});

describe("every decoder", () => {
  const decoders = [decodeConnectAck, decodeError, decodeSignalAck, decodeDelivered];

  it.each(["", "null", "[]", "1", '"x"', "{", "\ufeff{}", `${"[".repeat(100_000)}`])(
    "[PT3] returns null for %j",
    (text) => {
      expect(decoders.map((decode) => decode(bytes(text)))).toEqual([null, null, null, null]);
    },
  );

  it("[PT3] does not throw, whatever the bytes or the JSON", () => {
    const payload = fc.oneof(fc.uint8Array(), fc.json().map(bytes));
    fc.assert(fc.property(payload, (any) => decoders.forEach((decode) => decode(any))));
  });
});
