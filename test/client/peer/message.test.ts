/** The messages that peers send each other. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callOf } from "../../../src/client/peer/incoming-call.ts";
import { readPeerMessage } from "../../../src/client/peer/message.ts";

const ADDRESS = { from: "one", to: "other" };

function signal(data: unknown) {
  return { type: "offer", source: "bob", id: "1", data } as const;
}

describe("readPeerMessage()", () => {
  it.each([
    { kind: "hello", from: "one", to: null },
    { kind: "offer", sdp: "v=0", number: 1, ...ADDRESS },
    { kind: "answer", sdp: "v=0", number: 1, ...ADDRESS },
    { kind: "candidate", candidate: { candidate: "c", sdpMid: "0" }, ...ADDRESS },
    { kind: "bye", ...ADDRESS },
  ])("reads $kind", (message) => {
    expect(readPeerMessage({ peer: message })).toEqual(message);
  });

  it.each([
    null,
    "text",
    {},
    { peer: null },
    { peer: {} },
    { peer: { kind: "hello", from: 1, to: null } },
    { peer: { kind: "hello", from: "one" } },
    // Each answer would repeat it.
    { peer: { kind: "hello", from: "x".repeat(129), to: null } },
    { peer: { kind: "bye", from: "one", to: "x".repeat(129) } },
    { peer: { kind: "offer", sdp: "v=0", ...ADDRESS } },
    { peer: { kind: "offer", number: 1, ...ADDRESS } },
    { peer: { kind: "pranswer", sdp: "v=0", number: 1, ...ADDRESS } },
    { peer: { kind: "candidate", candidate: null, ...ADDRESS } },
    { peer: { kind: "toString", ...ADDRESS } },
  ])("returns null for %j, and callOf() does, too", (data) => {
    expect(readPeerMessage(data)).toBeNull();
    expect(callOf(signal(data))).toBeNull();
  });

  it("does not throw, whatever the data", () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        readPeerMessage(data);
        readPeerMessage({ peer: data });
      }),
    );
  });
});

describe("callOf()", () => {
  it.each([
    ["call", { kind: "hello", from: "one", to: null }],
    ["hang-up", { kind: "bye", from: "one", to: null }],
    ["hang-up", { kind: "bye", ...ADDRESS }],
    [null, { kind: "hello", ...ADDRESS }],
    // These are for a call that has ended, of which the other side does not know yet. They are no calls.
    [null, { kind: "offer", sdp: "", number: 1, ...ADDRESS }],
    [null, { kind: "answer", sdp: "", number: 1, ...ADDRESS }],
    [null, { kind: "candidate", candidate: {}, ...ADDRESS }],
  ])("returns %s for %j", (says, message) => {
    expect(callOf(signal({ peer: message }))).toBe(says);
  });
});
