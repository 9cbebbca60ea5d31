/** What the client writes. */
import { describe, expect, it } from "vitest";
import {
  encodeConnect,
  encodeDisconnect,
  encodeSignal,
  packMessages,
} from "../../src/client/outgoing.ts";
import { decodeMessage } from "../../src/protocol/frame.ts";
import { clientId } from "../support/client-ids.ts";
import { seen, uuid, uuidBytes } from "../support/frames.ts";
import { stampJsonText } from "../support/stamp.ts";

const ID = uuidBytes(uuid(1));

const ALICE = clientId("alice");

/** The payload's bytes when the hub has put the source in. */
function stampedBytes(signal: Uint8Array, source: string): number {
  const [decoded] = decodeMessage(signal);
  if (decoded?.kind !== "frame") throw new Error("no frame");
  const payload = Buffer.from(decoded.frame.payload).toString();
  return Buffer.byteLength(stampJsonText(payload, source));
}

/** The sizes of the messages that frames of these sizes make. */
function sizes(...frames: number[]): number[] {
  return packMessages(frames.map((bytes) => new Uint8Array(bytes))).map(({ length }) => length);
}

describe("the client's frames", () => {
  it("[CO1] [CO4] CONNECT asks for ack, and has the token only where the upgrade did not show it", () => {
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

  it("[DC1] DISCONNECT", () => {
    expect(seen(encodeDisconnect(ID))).toEqual({ type: "DISCONNECT", uuid: uuid(1), payload: {} });
  });

  it.each([
    ["offer", "SIGNAL_OFFER"],
    ["answer", "SIGNAL_ANSWER"],
    ["ice-candidate", "SIGNAL_ICE_CANDIDATE"],
  ] as const)("[SI1] %s is %s", (type, name) => {
    const encoded = encodeSignal(ID, ALICE, { type, target: 'b"ob', data: { sdp: ["v=0", null] } });
    expect(seen(encoded)).toEqual({
      type: name,
      uuid: uuid(1),
      payload: { target_client_id: 'b"ob', signal_data: { sdp: ["v=0", null] } },
    });
  });

  it.each([null, 0, "", false, [], "\ud800 \u0000"])("[SI1] say %j as data", (data) => {
    const encoded = encodeSignal(ID, ALICE, { type: "offer", target: "bob", data });
    expect(seen(encoded).payload).toEqual({
      target_client_id: "bob",
      signal_data: data,
    });
  });

  const circle: { self?: unknown } = {};
  circle.self = circle;
  it.each([
    ["a circle", { data: circle }],
    ["a BigInt", { data: { n: 1n } }],
    ["undefined", { data: undefined }],
    ["a function", { data: () => 1 }],
    ["an empty target", { target: "" }],
    ["a type of no signal", { type: "toString" as "offer" }],
  ])("are refused as bad-signal: %s", (_, wrong) => {
    const encode = () =>
      encodeSignal(ID, ALICE, { type: "offer", target: "bob", data: 1, ...wrong });
    expect(encode).toThrow(expect.objectContaining({ code: "bad-signal", retryable: false }));
  });

  it.each(["alice", 'al"\u00e9\\ice'])("[SI8] may just fit with the stamp of %s", (name) => {
    const source = clientId(name);
    const sized = (length: number) =>
      encodeSignal(ID, source, { type: "offer", target: "bob", data: "x".repeat(length) });
    // What is not data: the payload without it, and the stamp, as the hub's own code has it.
    const overhead = stampedBytes(sized(0), source);
    expect(stampedBytes(sized(65_535 - overhead), source)).toBe(65_535);
    expect(() => sized(65_536 - overhead)).toThrow(
      expect.objectContaining({ code: "too-large", target: "bob", retryable: false }),
    );
  });
});

describe("messages", () => {
  it("[FR2] hold frames back to back, up to 64 KiB", () => {
    expect(sizes()).toEqual([]);
    expect(sizes(100, 200, 300)).toEqual([600]);
    expect(sizes(65_436, 100)).toEqual([65_536]);
    expect(sizes(65_437, 100, 1)).toEqual([65_437, 101]);
  });

  it("[FR1] hold the largest frame alone", () => {
    expect(sizes(1, 65_556, 1, 2)).toEqual([1, 65_556, 3]);
  });

  it("[SI9] keep the order", () => {
    const packed = packMessages([Uint8Array.of(1, 2), Uint8Array.of(3), Uint8Array.of(4, 5)]);
    expect(packed).toEqual([Uint8Array.of(1, 2, 3, 4, 5)]);
  });
});
