/** What the client makes of a message. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMessage } from "../../src/client/incoming.ts";
import { binary, concat, frame, rawFrame, uuid } from "../support/frames.ts";

const SIGNAL = { source_client_id: "bob", target_client_id: "alice", signal_data: { sdp: "v=0" } };
const ERROR = { error_code: 404, error_message: "not there", target_client_id: "bob" };
const id = uuid(1);

describe("a message of the hub", () => {
  it("[HB3] may be pong", () => {
    expect(readMessage("pong")).toEqual([{ kind: "pong" }]);
  });

  it.each([
    ["offer", "SIGNAL_OFFER"],
    ["answer", "SIGNAL_ANSWER"],
    ["ice-candidate", "SIGNAL_ICE_CANDIDATE"],
  ] as const)("[SI2] may be a signal: %s", (type, name) => {
    expect(readMessage(frame(name, SIGNAL))).toEqual([
      { kind: "signal", signal: { type, source: "bob", data: { sdp: "v=0" }, id } },
    ]);
  });

  it("[SI3] may be a signal in TEXT, whose data holds colons and lines", () => {
    expect(readMessage(frame("SIGNAL_OFFER", "bob:v=0\na:b"))).toEqual([
      { kind: "signal", signal: { type: "offer", source: "bob", data: "v=0\na:b", id } },
    ]);
    expect(readMessage(frame("SIGNAL_OFFER", "bob:"))).toMatchObject([{ signal: { data: "" } }]);
  });

  it("[SI4] may be a signal in BINARY", () => {
    expect(readMessage(frame("SIGNAL_OFFER", binary(["bob"], Uint8Array.of(1, 2))))).toEqual([
      { kind: "signal", signal: { type: "offer", source: "bob", data: Uint8Array.of(1, 2), id } },
    ]);
  });

  it("[FR2] may hold several frames", () => {
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
    ["nothing but text", "hello"],
    ["neither text nor bytes", null],
    ["no byte", new Uint8Array()],
    ["a type that nobody knows", frame(0x50, {})],
    ["a type that only clients send", frame("CONNECT", {})],
    ["an ERROR that is none", frame("ERROR", { error_code: "x" })],
    ["a CONNECT_ACK that is none", frame("CONNECT_ACK", {})],
    ["a SIGNAL_ACK that is none", frame("SIGNAL_ACK", {})],
    ["a signal without source", frame("SIGNAL_OFFER", { signal_data: 1 })],
    ["a signal in TEXT without colon", frame("SIGNAL_OFFER", "bob")],
    ["a signal in TEXT of nobody", frame("SIGNAL_OFFER", ":x")],
    ["a signal in BINARY, cut", frame("SIGNAL_OFFER", Uint8Array.of(9, 65))],
    ["a signal in BINARY of nobody", frame("SIGNAL_OFFER", Uint8Array.of(0, 65))],
    ["a signal in CBOR", rawFrame({ messageType: 0x10, payloadType: 0x05 }, Uint8Array.of(1))],
    ["no JSON", rawFrame({ messageType: 0x10, payloadType: 0x02 }, Uint8Array.of(0xff))],
  ])("is unreadable: %s", (_, message) => {
    expect(readMessage(message)).toMatchObject([{ kind: "unreadable" }]);
  });

  it("is unreadable by the frame: what follows is read", () => {
    expect(readMessage(concat(frame(0x50, {}), frame("SIGNAL_OFFER", SIGNAL)))).toMatchObject([
      { kind: "unreadable" },
      { kind: "signal" },
    ]);
  });

  it.each([
    ["[FR4] where no frame starts", concat(frame("SIGNAL_OFFER", SIGNAL), Uint8Array.of(1))],
    ["[FR5] where it ends inside one", frame("SIGNAL_OFFER", SIGNAL).subarray(0, 40)],
  ])("loses its framing %s", (_, message) => {
    expect(readMessage(message).at(-1)).toMatchObject({ kind: "framing-lost" });
  });

  it("never throws, on any bytes", () => {
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
