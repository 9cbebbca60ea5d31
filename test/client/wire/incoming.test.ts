/** How the client reads a message of the hub. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessage } from "../../../src/client/wire/incoming.ts";
import { binary, concat, frame, rawFrame, uuid } from "../../support/frames.ts";

const SIGNAL = { source_client_id: "bob", target_client_id: "alice", signal_data: { sdp: "v=0" } };
const ERROR = { error_code: 404, error_message: "not there", target_client_id: "bob" };
const id = uuid(1);

describe("readMessage()", () => {
  it("[HB3] reads pong", () => {
    expect(readMessage("pong")).toEqual([{ kind: "pong" }]);
  });

  it.each([
    ["offer", "SIGNAL_OFFER"],
    ["answer", "SIGNAL_ANSWER"],
    ["ice-candidate", "SIGNAL_ICE_CANDIDATE"],
  ] as const)("[SI2] reads a signal in JSON: %s", (type, name) => {
    expect(readMessage(frame(name, SIGNAL))).toEqual([
      { kind: "signal", signal: { type, source: "bob", data: { sdp: "v=0" }, id } },
    ]);
  });

  it("[SI3] reads a signal in TEXT whose data contains colons and line breaks", () => {
    expect(readMessage(frame("SIGNAL_OFFER", "bob:v=0\na:b"))).toEqual([
      { kind: "signal", signal: { type: "offer", source: "bob", data: "v=0\na:b", id } },
    ]);
    expect(readMessage(frame("SIGNAL_OFFER", "bob:"))).toMatchObject([{ signal: { data: "" } }]);
  });

  it("[SI4] reads a signal in BINARY", () => {
    expect(readMessage(frame("SIGNAL_OFFER", binary(["bob"], Uint8Array.of(1, 2))))).toEqual([
      { kind: "signal", signal: { type: "offer", source: "bob", data: Uint8Array.of(1, 2), id } },
    ]);
  });

  it("[FR2] reads every frame of a message", () => {
    const ack = { status: "delivered", target_client_id: "bob" };
    const message = concat(
      frame("SIGNAL_ACK", ack, uuid(2)),
      frame("ERROR", ERROR, uuid(3)),
      frame("SIGNAL_OFFER", SIGNAL),
    );
    expect(readMessage(message)).toMatchObject([
      { kind: "signal-ack", id: uuid(2) },
      { kind: "error", id: uuid(3), report: { code: 404, target: "bob" } },
      { kind: "signal" },
    ]);
  });

  it.each<[string, string | Uint8Array | null]>([
    ["a text other than pong", "hello"],
    ["a message that is neither text nor bytes", null],
    ["an empty message", new Uint8Array()],
    ["an unknown message type", frame(0x50, {})],
    ["a message type that only clients send", frame("CONNECT", {})],
    ["an ERROR whose code is no number", frame("ERROR", { error_code: "x" })],
    ["a CONNECT_ACK without fields", frame("CONNECT_ACK", {})],
    ["a SIGNAL_ACK without fields", frame("SIGNAL_ACK", {})],
    ["a signal without a source", frame("SIGNAL_OFFER", { signal_data: 1 })],
    ["a signal in TEXT without a colon", frame("SIGNAL_OFFER", "bob")],
    ["a signal in TEXT with an empty source", frame("SIGNAL_OFFER", ":x")],
    ["a signal in BINARY that ends inside its source", frame("SIGNAL_OFFER", Uint8Array.of(9, 65))],
    ["a signal in BINARY with an empty source", frame("SIGNAL_OFFER", Uint8Array.of(0, 65))],
    ["a signal in CBOR", rawFrame({ messageType: 0x10, payloadType: 0x05 }, Uint8Array.of(1))],
    [
      "a payload that is not JSON",
      rawFrame({ messageType: 0x10, payloadType: 0x02 }, Uint8Array.of(0xff)),
    ],
  ])("reports %s as unreadable", (_, message) => {
    expect(readMessage(message)).toMatchObject([{ kind: "unreadable" }]);
  });

  it("reads the frames behind an unreadable one", () => {
    expect(readMessage(concat(frame(0x50, {}), frame("SIGNAL_OFFER", SIGNAL)))).toMatchObject([
      { kind: "unreadable" },
      { kind: "signal" },
    ]);
  });

  it("[FR4] reports lost framing after bytes that start no frame", () => {
    const message = concat(frame("SIGNAL_OFFER", SIGNAL), Uint8Array.of(1));
    expect(readMessage(message).at(-1)).toMatchObject({ kind: "framing-lost" });
  });

  it("[FR5] reports lost framing after a frame that is cut off", () => {
    const message = frame("SIGNAL_OFFER", SIGNAL).subarray(0, 40);
    expect(readMessage(message).at(-1)).toMatchObject({ kind: "framing-lost" });
  });

  it("does not throw, whatever bytes arrive", () => {
    const payload = fc.uint8Array({ maxLength: 60 });
    const framed = fc
      .tuple(fc.nat(255), fc.nat(6), payload)
      .map(([messageType, payloadType, bytes]) => rawFrame({ messageType, payloadType }, bytes));
    fc.assert(
      fc.property(fc.oneof(payload, framed), (bytes) => {
        expect(readMessage(bytes).length).toBeGreaterThan(0);
      }),
    );
  });
});
