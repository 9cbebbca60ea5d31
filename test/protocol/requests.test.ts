/** What each message makes of a payload in each payload type. `test/vectors` shows every fault once. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePayload, requestDecoder } from "../../src/protocol/encodings/payload.ts";
import {
  BINARY_PAYLOAD as BINARY,
  JSON_PAYLOAD as JSON_TYPE,
  PAYLOAD_TYPES,
  TEXT_PAYLOAD as TEXT,
} from "../../src/protocol/encodings/payload-types.ts";
import { FAULTS, type Fault } from "../../src/protocol/errors.ts";
import { connectRequest } from "../../src/protocol/messages/connect.ts";
import { disconnectRequest } from "../../src/protocol/messages/disconnect.ts";
import { heartbeatRequest } from "../../src/protocol/messages/heartbeat.ts";
import { signalRequest } from "../../src/protocol/messages/signal.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { binary, concat } from "../support/frames.ts";
import { REQUEST_DECODERS } from "../support/read-frame.ts";
import { stampPayload } from "../support/stamp.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));

const EVERY_BYTE = Array.from({ length: 256 }, (_, byte) => byte);

describe("The table of payload types", () => {
  it("[PT2] holds the five of the original protocol document, three of them supported", () => {
    const rows = Object.entries(PAYLOAD_TYPES).map(([name, row]) => [
      row.value,
      name,
      row.isSupported,
    ]);
    expect(rows).toEqual([
      [1, "BINARY", true],
      [2, "JSON", true],
      [3, "TEXT", true],
      [4, "PROTOBUF", false],
      [5, "CBOR", false],
    ]);
  });
});

describe("A request decoder", () => {
  it.each(Object.entries(REQUEST_DECODERS))(
    "[PT1] [PT2] reads %s in the three supported payload types, and refuses every other byte",
    (_, decoder) => {
      const refused = EVERY_BYTE.filter((payloadType) =>
        [bytes(""), bytes("{}"), bytes("a:b")].every((payload) => {
          const result = decodePayload(payloadType, payload, decoder);
          return !result.ok && result.failure === "payload.type";
        }),
      );
      expect(refused).toEqual(EVERY_BYTE.filter((byte) => byte < 1 || byte > 3));
    },
  );

  it("[PT2] refuses TEXT and BINARY for a message that defines only JSON, without a byte, too", () => {
    const jsonOnly = requestDecoder({ empty: 0, json: () => success(1) });
    expect(decodePayload(JSON_TYPE, bytes("{}"), jsonOnly)).toEqual(success(1));
    expect(decodePayload(JSON_TYPE, bytes(""), jsonOnly)).toEqual(success(0));
    for (const payloadType of [TEXT, BINARY]) {
      for (const payload of ["", "{}"]) {
        const result = decodePayload(payloadType, bytes(payload), jsonOnly);
        expect(result).toEqual(failed("payload.type"));
      }
    }
  });
});

describe("The decoder of CONNECT", () => {
  const alice = { clientId: "alice", authToken: "secret", capabilities: [] };

  it.each<[string, number, Uint8Array, object]>([
    ["JSON", JSON_TYPE, json({ client_id: "alice", auth_token: "secret" }), alice],
    [
      "JSON with capabilities",
      JSON_TYPE,
      json({ capabilities: ["a", "a"], client_id: "alice", auth_token: "secret" }),
      { ...alice, capabilities: ["a", "a"] },
    ],
    [
      "JSON whose capabilities are null",
      JSON_TYPE,
      json({ client_id: "alice", auth_token: "secret", capabilities: null }),
      alice,
    ],
    [
      "JSON without a token",
      JSON_TYPE,
      json({ client_id: "alice" }),
      { ...alice, authToken: null },
    ],
    [
      "the last of repeated keys in JSON",
      JSON_TYPE,
      bytes('{"client_id":"bob","client_id":"alice","auth_token":"secret"}'),
      alice,
    ],
    [
      "escaped keys in JSON",
      JSON_TYPE,
      bytes('{"\\u0063lient_id":"alice","auth_token":"secret"}'),
      alice,
    ],
    [
      "JSON beside fields named as members of Object.prototype",
      JSON_TYPE,
      bytes(
        '{"__proto__":{"auth_token":"other"},"constructor":1,"client_id":"alice","auth_token":"secret"}',
      ),
      alice,
    ],
    ["TEXT", TEXT, bytes("alice:secret"), alice],
    ["TEXT with colons in the token", TEXT, bytes("alice::a:"), { ...alice, authToken: ":a:" }],
    ["TEXT without a token", TEXT, bytes("alice"), { ...alice, authToken: null }],
    ["BINARY", BINARY, binary(["alice", "secret"]), alice],
    ["BINARY without a token", BINARY, binary(["alice"]), { ...alice, authToken: null }],
    [
      "BINARY with a token of no bytes",
      BINARY,
      binary(["alice", ""]),
      { ...alice, authToken: null },
    ],
  ])("[PT3] [PT4] [PT5] reads %s", (_, payloadType, payload, request) => {
    expect(decodePayload(payloadType, payload, connectRequest)).toEqual(success(request));
  });

  it.each<[string, object, Fault]>([
    [
      "the original project's tag",
      { Connect: { client_id: "alice", auth_token: "t" } },
      "payload.wrapped",
    ],
    [
      "a tag beside other fields",
      { type: "Connect", payload: { client_id: "a" } },
      "payload.wrapped",
    ],
    ["a tag around another message", { Heartbeat: { timestamp: 1 } }, "payload.client-id"],
    ["a tag around nothing", { Connect: {} }, "payload.client-id"],
    ["a tag around a list", { Connect: [{ client_id: "alice" }] }, "payload.client-id"],
    [
      "a client_id that is wrong itself",
      { client_id: 7, Connect: { client_id: "a" } },
      "payload.client-id",
    ],
    ["a client_id that is an object", { client_id: { client_id: "a" } }, "payload.client-id"],
  ])("[PT3] refuses %s, and names a wrapping where there is one", (_, fields, fault) => {
    expect(decodePayload(JSON_TYPE, json(fields), connectRequest)).toEqual(failed(fault));
  });

  it("[PT3] refuses a signal in the original project's tag, and names the wrapping", () => {
    const fields = { SignalOffer: { target_client_id: "bob", signal_data: "sdp" } };
    expect(decodePayload(JSON_TYPE, json(fields), signalRequest)).toEqual(
      failed("payload.wrapped"),
    );
  });

  it("[CO1] reads nothing out of a field named __proto__", () => {
    const payload = bytes('{"__proto__":{"client_id":"alice"}}');
    expect(decodePayload(JSON_TYPE, payload, connectRequest)).toEqual(failed("payload.client-id"));
  });

  it.each<[string, number, (token: string) => Uint8Array]>([
    ["JSON", JSON_TYPE, (token) => json({ client_id: "alice", auth_token: token })],
    ["TEXT", TEXT, (token) => bytes(`alice:${token}`)],
  ])(
    "[CO1] accepts a token of 4,096 UTF-16 code units in %s, and not one more",
    (_, payloadType, say) => {
      expect(decodePayload(payloadType, say("t".repeat(4096)), connectRequest)).toMatchObject({
        ok: true,
      });
      expect(decodePayload(payloadType, say("🦊".repeat(2048)), connectRequest)).toMatchObject({
        ok: true,
      });
      expect(decodePayload(payloadType, say("t".repeat(4097)), connectRequest)).toEqual(
        failed("payload.token"),
      );
      expect(decodePayload(payloadType, say(`${"🦊".repeat(2048)}t`), connectRequest)).toEqual(
        failed("payload.token"),
      );
    },
  );

  it("[PT5] [ID1] accepts an id and a token of 255 bytes each in BINARY", () => {
    const id = `${"é".repeat(127)}x`;
    const payload = binary([id, "t".repeat(255)]);
    expect(decodePayload(BINARY, payload, connectRequest)).toMatchObject({
      value: { clientId: id, authToken: "t".repeat(255) },
    });
  });
});

describe("The decoder of HEARTBEAT", () => {
  it.each<[string, number, string, number | null]>([
    ["JSON", JSON_TYPE, '{"timestamp":1790000000123}', 1_790_000_000_123],
    ["JSON with a fraction", JSON_TYPE, '{"timestamp":1.5}', 1.5],
    ["JSON with a negative number", JSON_TYPE, '{"timestamp":-1}', -1],
    ["JSON with zero", JSON_TYPE, '{"timestamp":0}', 0],
    ["JSON without the field", JSON_TYPE, '{"other":1}', null],
    ["JSON without a byte", JSON_TYPE, "", null],
    ["TEXT", TEXT, "1790000000123", 1_790_000_000_123],
    ["TEXT with leading zeros", TEXT, "007", 7],
    ["TEXT with the most digits", TEXT, "999999999999999", 999_999_999_999_999],
    ["TEXT without a byte", TEXT, "", null],
    ["BINARY without a byte", BINARY, "", null],
  ])("[HB1] [HB2] reads the timestamp of %s", (_, payloadType, payload, timestamp) => {
    expect(decodePayload(payloadType, bytes(payload), heartbeatRequest)).toEqual(
      success({ timestamp }),
    );
  });

  it.each<[string, number, string, Fault]>([
    ["a boolean", JSON_TYPE, '{"timestamp":true}', "payload.timestamp"],
    ["an overflow", JSON_TYPE, '{"timestamp":-1e999}', "payload.timestamp"],
    ["more digits than a number keeps", TEXT, "1000000000000000", "payload.timestamp"],
    ["digits that are not ASCII", TEXT, "१२३", "payload.timestamp"],
    ["white space", TEXT, " 1", "payload.timestamp"],
    ["null", JSON_TYPE, "null", "payload.json"],
  ])("[HB1] refuses a timestamp that is %s", (_, payloadType, payload, fault) => {
    expect(decodePayload(payloadType, bytes(payload), heartbeatRequest)).toEqual(failed(fault));
  });
});

describe("The decoder of DISCONNECT", () => {
  it.each<[string, number, string, string | null]>([
    ["JSON", JSON_TYPE, '{"reason":"bye"}', "bye"],
    ["JSON without the field", JSON_TYPE, "{}", null],
    ["JSON whose reason is null", JSON_TYPE, '{"reason":null}', null],
    ["JSON without a byte", JSON_TYPE, "", null],
    ["TEXT", TEXT, "a:b", "a:b"],
    ["TEXT with a byte order mark", TEXT, "\ufeffbye", "\ufeffbye"],
    ["TEXT without a byte", TEXT, "", null],
    ["BINARY without a byte", BINARY, "", null],
  ])("[DC1] reads the reason of %s", (_, payloadType, payload, reason) => {
    expect(decodePayload(payloadType, bytes(payload), disconnectRequest)).toEqual(
      success({ reason }),
    );
  });
});

describe("Any payload", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.stringMatching(/^.{0,9}:.*$/u),
  );
  const fields = fc.dictionary(
    fc.constantFrom(
      "client_id",
      "auth_token",
      "capabilities",
      "target_client_id",
      "signal_data",
      "timestamp",
      "reason",
      "source_client_id",
    ),
    fc.oneof(fc.string(), fc.jsonValue()),
  );
  const prefixed = fc
    .tuple(fc.array(fc.string({ maxLength: 20 })), fc.uint8Array({ maxLength: 8 }))
    .map(([parts, rest]) => binary(parts, rest));
  const anyPayload = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    texts.map(bytes),
    fields.map(json),
    prefixed,
    fc.tuple(fields.map(json), fc.uint8Array({ maxLength: 4 })).map((parts) => concat(...parts)),
  );

  it.each(Object.entries(PAYLOAD_TYPES))(
    "[ER1] becomes a request or a fault of the table, and never an exception, in %s",
    (_, { value: payloadType }) => {
      fc.assert(
        fc.property(anyPayload, (payload) => {
          const results = [
            ...[connectRequest, heartbeatRequest, disconnectRequest, signalRequest].map((decoder) =>
              decodePayload<object>(payloadType, payload, decoder),
            ),
            stampPayload(payloadType, payload, "alice"),
          ];
          for (const result of results) {
            if (!result.ok) expect(FAULTS).toHaveProperty([result.failure]);
          }
        }),
        { numRuns: 1000 },
      );
    },
  );

  it.each(Object.entries(PAYLOAD_TYPES))(
    "[SI5] stays as it was while it is read and stamped in %s",
    (_, { value: payloadType }) => {
      fc.assert(
        fc.property(anyPayload, (payload) => {
          const before = payload.slice();
          decodePayload(payloadType, payload, connectRequest);
          stampPayload(payloadType, payload, "alice");
          expect(payload).toEqual(before);
        }),
      );
    },
  );
});
