/** What each payload type makes of a payload; the faults' full table is in `test/vectors`. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAULTS, type Fault } from "../../src/protocol/errors.ts";
import { failed, success } from "../../src/protocol/result.ts";
import type { PayloadCodec } from "../../src/protocol/encodings/codec.ts";
import { binaryCodec } from "../../src/protocol/encodings/binary.ts";
import { jsonCodec } from "../../src/protocol/encodings/json.ts";
import { codecOf, PAYLOAD_TYPES } from "../../src/protocol/encodings/payload-types.ts";
import { textCodec } from "../../src/protocol/encodings/text.ts";
import { clientId } from "../support/client-ids.ts";
import { binary, concat } from "../support/frames.ts";
import { stampSignal } from "../support/stamp.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const json = (value: unknown): Uint8Array => bytes(JSON.stringify(value));

describe("payload types", () => {
  it("[PT2] are the five of the document, three of them supported", () => {
    const rows = Object.entries(PAYLOAD_TYPES).map(([name, row]) => [row.value, name, row.codec]);
    expect(rows).toEqual([
      [1, "BINARY", binaryCodec],
      [2, "JSON", jsonCodec],
      [3, "TEXT", textCodec],
      [4, "PROTOBUF", null],
      [5, "CBOR", null],
    ]);
  });

  it("[PT1] [PT2] have one codec for each byte, and none for any other", () => {
    const supported = Array.from({ length: 256 }, (_, byte) => byte).filter(codecOf);
    expect(supported).toEqual([1, 2, 3]);
  });
});

describe("CONNECT", () => {
  const alice = { clientId: "alice", authToken: "secret", capabilities: [] };

  it.each<[string, PayloadCodec, Uint8Array, object]>([
    ["JSON", jsonCodec, json({ client_id: "alice", auth_token: "secret" }), alice],
    [
      "JSON, with capabilities",
      jsonCodec,
      json({ capabilities: ["a", "a"], client_id: "alice", auth_token: "secret" }),
      { ...alice, capabilities: ["a", "a"] },
    ],
    [
      "JSON, capabilities null",
      jsonCodec,
      json({ client_id: "alice", auth_token: "secret", capabilities: null }),
      alice,
    ],
    ["JSON, no token", jsonCodec, json({ client_id: "alice" }), { ...alice, authToken: null }],
    [
      "JSON, the last of repeated keys",
      jsonCodec,
      bytes('{"client_id":"bob","client_id":"alice","auth_token":"secret"}'),
      alice,
    ],
    [
      "JSON, escaped keys",
      jsonCodec,
      bytes('{"\\u0063lient_id":"alice","auth_token":"secret"}'),
      alice,
    ],
    [
      "JSON, fields of Object.prototype",
      jsonCodec,
      bytes(
        '{"__proto__":{"auth_token":"other"},"constructor":1,"client_id":"alice","auth_token":"secret"}',
      ),
      alice,
    ],
    ["TEXT", textCodec, bytes("alice:secret"), alice],
    ["TEXT, colons in the token", textCodec, bytes("alice::a:"), { ...alice, authToken: ":a:" }],
    ["TEXT, no token", textCodec, bytes("alice"), { ...alice, authToken: null }],
    ["BINARY", binaryCodec, binary(["alice", "secret"]), alice],
    ["BINARY, no token", binaryCodec, binary(["alice"]), { ...alice, authToken: null }],
    [
      "BINARY, a token of no bytes",
      binaryCodec,
      binary(["alice", ""]),
      { ...alice, authToken: null },
    ],
  ])("[PT3] [PT4] [PT5] is understood in %s", (_, codec, payload, request) => {
    expect(codec.decodeConnect(payload)).toEqual(success(request));
  });

  it("[CO1] takes nothing from a field named __proto__", () => {
    const payload = bytes('{"__proto__":{"client_id":"alice"}}');
    expect(jsonCodec.decodeConnect(payload)).toEqual(failed("payload.client-id"));
  });

  it.each<[string, PayloadCodec, (token: string) => Uint8Array]>([
    ["JSON", jsonCodec, (token) => json({ client_id: "alice", auth_token: token })],
    ["TEXT", textCodec, (token) => bytes(`alice:${token}`)],
  ])("[CO1] takes a token of 4,096 UTF-16 code units in %s, and not one more", (_, codec, say) => {
    expect(codec.decodeConnect(say("t".repeat(4096)))).toMatchObject({ ok: true });
    expect(codec.decodeConnect(say("🦊".repeat(2048)))).toMatchObject({ ok: true });
    expect(codec.decodeConnect(say("t".repeat(4097)))).toEqual(failed("payload.token"));
    expect(codec.decodeConnect(say(`${"🦊".repeat(2048)}t`))).toEqual(failed("payload.token"));
  });

  it("[PT5] [ID1] takes ids and tokens of 255 bytes in BINARY", () => {
    const id = `${"é".repeat(127)}x`;
    const payload = binary([id, "t".repeat(255)]);
    expect(binaryCodec.decodeConnect(payload)).toMatchObject({
      value: { clientId: id, authToken: "t".repeat(255) },
    });
  });
});

describe("HEARTBEAT", () => {
  it.each<[string, PayloadCodec, string, number | null]>([
    ["JSON", jsonCodec, '{"timestamp":1790000000123}', 1_790_000_000_123],
    ["JSON, a fraction", jsonCodec, '{"timestamp":1.5}', 1.5],
    ["JSON, negative", jsonCodec, '{"timestamp":-1}', -1],
    ["JSON, zero", jsonCodec, '{"timestamp":0}', 0],
    ["JSON, no field", jsonCodec, '{"other":1}', null],
    ["JSON, empty", jsonCodec, "", null],
    ["TEXT", textCodec, "1790000000123", 1_790_000_000_123],
    ["TEXT, leading zeros", textCodec, "007", 7],
    ["TEXT, the most digits", textCodec, "999999999999999", 999_999_999_999_999],
    ["TEXT, empty", textCodec, "", null],
    ["BINARY", binaryCodec, "", null],
  ])("[HB1] [HB2] gives its timestamp in %s", (_, codec, payload, timestamp) => {
    expect(codec.decodeHeartbeat(bytes(payload))).toEqual(success({ timestamp }));
  });

  it.each<[string, PayloadCodec, string, Fault]>([
    ["a boolean", jsonCodec, '{"timestamp":true}', "payload.timestamp"],
    ["an overflow", jsonCodec, '{"timestamp":-1e999}', "payload.timestamp"],
    ["more digits than a number keeps", textCodec, "1000000000000000", "payload.timestamp"],
    ["digits that are not ASCII", textCodec, "१२३", "payload.timestamp"],
    ["white space", textCodec, " 1", "payload.timestamp"],
    ["null", jsonCodec, "null", "payload.json"],
  ])("[HB1] is refused for %s", (_, codec, payload, fault) => {
    expect(codec.decodeHeartbeat(bytes(payload))).toEqual(failed(fault));
  });
});

describe("DISCONNECT", () => {
  it.each<[string, PayloadCodec, string, string | null]>([
    ["JSON", jsonCodec, '{"reason":"bye"}', "bye"],
    ["JSON, no field", jsonCodec, "{}", null],
    ["JSON, null", jsonCodec, '{"reason":null}', null],
    ["JSON, empty", jsonCodec, "", null],
    ["TEXT", textCodec, "a:b", "a:b"],
    ["TEXT, a byte order mark", textCodec, "\ufeffbye", "\ufeffbye"],
    ["TEXT, empty", textCodec, "", null],
    ["BINARY", binaryCodec, "", null],
  ])("[DC1] gives its reason in %s", (_, codec, payload, reason) => {
    expect(codec.decodeDisconnect(bytes(payload))).toEqual(success({ reason }));
  });
});

describe("any payload", () => {
  const codecs = { jsonCodec, textCodec, binaryCodec };
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

  it.each(Object.entries(codecs))(
    "[ER1] is a request or a fault of the table, and never a throw: %s",
    (_, codec) => {
      const alice = clientId("alice");
      fc.assert(
        fc.property(anyPayload, (payload) => {
          const signal = codec.decodeSignal(payload);
          const results = [
            codec.decodeConnect(payload),
            codec.decodeHeartbeat(payload),
            codec.decodeDisconnect(payload),
            signal,
            ...(signal.ok ? [stampSignal(codec, signal.value, alice)] : []),
          ];
          for (const result of results) {
            if (!result.ok) expect(FAULTS).toHaveProperty([result.failure]);
          }
        }),
        { numRuns: 1000 },
      );
    },
  );

  it.each(Object.entries(codecs))("[SI5] is left as it was by reading it: %s", (_, codec) => {
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const before = payload.slice();
        codec.decodeConnect(payload);
        const signal = codec.decodeSignal(payload);
        if (signal.ok) stampSignal(codec, signal.value, clientId("alice"));
        expect(payload).toEqual(before);
      }),
    );
  });
});
