/** The source's id in a TEXT or BINARY signal, and in a signal of a backend. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BINARY_PAYLOAD,
  JSON_PAYLOAD,
  TEXT_PAYLOAD,
} from "../../src/protocol/encodings/payload-types.ts";
import { decodePayload } from "../../src/protocol/encodings/payload.ts";
import {
  encodeBackendFrame,
  SIGNAL_ANSWER,
  signalRequest,
  type SignalRequest,
} from "../../src/protocol/messages/signal.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import { binary, concat, seen, uuid, uuidBytes } from "../support/frames.ts";
import { stampPayload } from "../support/stamp.ts";

const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
function signalOf(payloadType: number, payload: string | Uint8Array): SignalRequest {
  const request = decodePayload(payloadType, Buffer.from(payload), signalRequest);
  if (!request.ok) throw new Error(request.failure);
  return request.value;
}

const toBob = (payload: Uint8Array) => success({ target: "bob", payload: plain(payload) });

describe("A TEXT signal", () => {
  it("[SI3] [SI5] names its source in place of its target, whatever follows", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (data) => {
        const stamped = stampPayload(TEXT_PAYLOAD, Buffer.from(`bob:${data}`), "zoë");
        expect(stamped).toEqual(toBob(Buffer.from(`zoë:${data}`)));
      }),
    );
  });

  it("[SI3] [SI5] keeps a byte order mark in its data, and in an id", () => {
    const stamped = stampPayload(TEXT_PAYLOAD, Buffer.from("\ufeffbob:\ufeffdata"), "alice");
    expect(stamped).toEqual(
      success({ target: "\ufeffbob", payload: plain(Buffer.from("alice:\ufeffdata")) }),
    );
  });

  it.each([":", "a:", ":a", "org:alice"])("[ID2] is refused if its source is %j", (source) => {
    const stamped = stampPayload(TEXT_PAYLOAD, Buffer.from("bob:data"), source);
    expect(stamped).toEqual(failed("signal.source-text"));
  });
});

describe("A BINARY signal", () => {
  it("[SI4] [SI5] names its source in place of its target, whatever follows", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
        const stamped = stampPayload(BINARY_PAYLOAD, binary(["bob"], data), "org:zoë");
        const head = Uint8Array.of(8, ...Buffer.from("org:zoë"));
        expect(stamped).toEqual(toBob(concat(head, data)));
      }),
    );
  });

  it.each([
    ["127 characters of 255 bytes", `${"é".repeat(126)}日`, true],
    ["128 characters of 256 bytes", "é".repeat(128), false],
    ["128 characters of 512 bytes", "🦊".repeat(128), false],
    ["128 characters of 128 bytes", "x".repeat(128), true],
  ])("[ID3] [SI4] counts the bytes of its source, not the characters: %s", (_, source, isSaid) => {
    const stamped = stampPayload(BINARY_PAYLOAD, binary(["bob"]), source);
    const head = Uint8Array.of(Buffer.byteLength(source) & 0xff, ...Buffer.from(source));
    expect(stamped).toEqual(isSaid ? toBob(head) : failed("signal.source-binary"));
  });
});

describe("The encoding of a source", () => {
  it.each([
    ["JSON", JSON_PAYLOAD, '{"target_client_id":"bob","signal_data":1}'],
    ["TEXT", TEXT_PAYLOAD, "bob:data"],
    ["BINARY", BINARY_PAYLOAD, binary(["bob"])],
  ])(
    "is made once for many signals in %s, and kept for no more than 1,024 sources",
    (_, payloadType, payload) => {
      const { encodeSource } = signalOf(payloadType, payload);
      const first = encodeSource(clientId("client-0"));
      expect(signalOf(payloadType, payload).encodeSource(clientId("client-0"))).toBe(first);
      for (let n = 1; n <= 1024; n += 1) encodeSource(clientId(`client-${n}`));
      const again = encodeSource(clientId("client-0"));
      expect(again).not.toBe(first);
      expect(again).toEqual(first);
    },
  );
});

describe("A signal of a backend", () => {
  const signal = {
    uuid: uuidBytes(uuid(7)),
    messageType: SIGNAL_ANSWER,
    source: clientId('back"end'),
    target: clientId("zoë"),
  };

  it.each([null, "", [1, { two: 2 }], { source_client_id: "mallory" }])(
    "[SI2] names its source and its target in JSON, beside the data %j",
    (data) => {
      const encoded = encodeBackendFrame({ ...signal, data });
      if (!encoded.ok) throw new Error(encoded.failure);
      expect(encoded.value[18]).toBe(JSON_PAYLOAD);
      const { payload, ...header } = seen(encoded.value);
      expect(header).toEqual({ type: "SIGNAL_ANSWER", uuid: uuid(7) });
      expect(Object.entries(payload as object)).toEqual([
        ["source_client_id", 'back"end'],
        ["target_client_id", "zoë"],
        ["signal_data", data],
      ]);
    },
  );

  it("[SI2] has the same payload as the stamped signal of a client", () => {
    const encoded = encodeBackendFrame({ ...signal, data: { sdp: "v=0" } });
    const payload = Buffer.from('{"target_client_id":"zoë","signal_data":{"sdp":"v=0"}}');
    const stamped = stampPayload(JSON_PAYLOAD, payload, signal.source);
    expect(encoded.ok && plain(encoded.value.subarray(21))).toEqual(
      stamped.ok && stamped.value.payload,
    );
  });

  it("[SI8] may have a payload of 65,535 bytes, and not one more", () => {
    const empty = encodeBackendFrame({ ...signal, data: "" });
    const room = 65_535 + 21 - (empty.ok ? empty.value.length : 0);
    expect(encodeBackendFrame({ ...signal, data: "x".repeat(room) })).toMatchObject({
      ok: true,
      value: { length: 65_556 },
    });
    expect(encodeBackendFrame({ ...signal, data: "x".repeat(room + 1) })).toEqual(
      failed("signal.too-large"),
    );
  });
});
