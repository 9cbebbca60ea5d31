/** The frames and messages that the client writes. */
import { describe, expect, it } from "vitest";
import {
  encodeConnect,
  encodeDisconnect,
  encodeSignal,
  packMessages,
} from "../../../src/client/wire/outgoing.ts";
import { decodeMessage } from "../../../src/protocol/frame.ts";
import { clientId } from "../../support/client-ids.ts";
import { seen, uuid, uuidBytes } from "../../support/frames.ts";
import { stampJsonText } from "../../support/stamp.ts";

const ID = uuidBytes(uuid(1));

const ALICE = clientId("alice");

/** The size of the payload after the hub has added the source. */
function stampedBytes(signal: Uint8Array, source: string): number {
  const [decoded] = decodeMessage(signal);
  if (decoded?.kind !== "frame") throw new Error("no frame");
  const payload = Buffer.from(decoded.frame.payload).toString();
  return Buffer.byteLength(stampJsonText(payload, source));
}

/** The sizes of the messages into which frames of these sizes are packed. */
function sizes(...frames: number[]): number[] {
  return packMessages(frames.map((bytes) => new Uint8Array(bytes))).map(({ length }) => length);
}

describe("the client's encoders", () => {
  it("[CO1] [CO4] write a CONNECT that asks for ack and batch, with the token if there is one", () => {
    expect(seen(encodeConnect(ID, ALICE, "secret"))).toEqual({
      type: "CONNECT",
      uuid: uuid(1),
      payload: { client_id: "alice", auth_token: "secret", capabilities: ["ack", "batch"] },
    });
    expect(seen(encodeConnect(ID, ALICE, null)).payload).toEqual({
      client_id: "alice",
      capabilities: ["ack", "batch"],
    });
  });

  it("[DC1] write DISCONNECT", () => {
    expect(seen(encodeDisconnect(ID))).toEqual({ type: "DISCONNECT", uuid: uuid(1), payload: {} });
  });

  it.each([
    ["offer", "SIGNAL_OFFER"],
    ["answer", "SIGNAL_ANSWER"],
    ["ice-candidate", "SIGNAL_ICE_CANDIDATE"],
  ] as const)("[SI1] write the signal type %s as %s", (type, name) => {
    const encoded = encodeSignal(ID, ALICE, { type, target: 'b"ob', data: { sdp: ["v=0", null] } });
    expect(seen(encoded)).toEqual({
      type: name,
      uuid: uuid(1),
      payload: { target_client_id: 'b"ob', signal_data: { sdp: ["v=0", null] } },
    });
  });

  it.each([null, 0, "", false, [], "\ud800 \u0000"].map((data) => ({ data })))(
    "[SI1] write %j",
    ({ data }) => {
      const encoded = encodeSignal(ID, ALICE, { type: "offer", target: "bob", data });
      expect(seen(encoded).payload).toEqual({
        target_client_id: "bob",
        signal_data: data,
      });
    },
  );

  const circle: { self?: unknown } = {};
  circle.self = circle;
  it.each([
    ["a circle", { data: circle }],
    ["a BigInt", { data: { n: 1n } }],
    ["undefined", { data: undefined }],
    ["a function", { data: () => 1 }],
    ["an empty target", { target: "" }],
    ["an unknown signal type", { type: "toString" as "offer" }],
  ])("refuse %s as bad-signal", (_, wrong) => {
    const encode = () =>
      encodeSignal(ID, ALICE, { type: "offer", target: "bob", data: 1, ...wrong });
    expect(encode).toThrow(expect.objectContaining({ code: "bad-signal", retryable: false }));
  });

  it.each(["alice", 'al"\u00e9\\ice'])(
    "[SI8] write a signal only if the source id of %s still fits into its frame",
    (name) => {
      const source = clientId(name);
      const sized = (length: number) =>
        encodeSignal(ID, source, { type: "offer", target: "bob", data: "x".repeat(length) });
      // Everything but the data, after the hub's own code has added the source.
      const overhead = stampedBytes(sized(0), source);
      expect(stampedBytes(sized(65_535 - overhead), source)).toBe(65_535);
      expect(() => sized(65_536 - overhead)).toThrow(
        expect.objectContaining({ code: "too-large", target: "bob", retryable: false }),
      );
    },
  );
});

describe("packMessages()", () => {
  it("[FR2] puts frames back to back, up to 64 KiB", () => {
    expect(sizes()).toEqual([]);
    expect(sizes(100, 200, 300)).toEqual([600]);
    expect(sizes(65_436, 100)).toEqual([65_536]);
    expect(sizes(65_437, 100, 1)).toEqual([65_437, 101]);
  });

  it("[FR1] gives the largest frame a message of its own", () => {
    expect(sizes(1, 65_556, 1, 2)).toEqual([1, 65_556, 3]);
  });

  it("[SI9] keeps the order", () => {
    const packed = packMessages([Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5)]);
    expect(packed).toEqual([Uint8Array.of(1, 2, 3, 4, 5)]);
  });
});
