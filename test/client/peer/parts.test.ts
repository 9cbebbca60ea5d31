/** Descriptions that are too large for one frame. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callOf } from "../../../src/client/peer/incoming-call.ts";
import { readPeerMessage, type PeerMessage } from "../../../src/client/peer/message.ts";
import { MAX_SDP_BYTES, PartJoiner, splitMessage } from "../../../src/client/peer/parts.ts";
import { encodeSignal } from "../../../src/client/wire/outgoing.ts";
import { parseClientId } from "../../../src/protocol/client-id.ts";

/** The longest ids on the wire, and the only characters that JSON escapes in an id. */
const LONGEST_IDS = ["😀".repeat(128), '"'.repeat(128)];

function offer(sdp: string, number = 1): PeerMessage {
  return { kind: "offer", from: crypto.randomUUID(), to: crypto.randomUUID(), number, sdp };
}

/** As Chromium writes it: about 4,250 bytes for each video transceiver. */
function sdpOf(transceivers: number): string {
  const line = "a=rtcp-fb:96 goog-remb transport-cc ccm fir nack nack pli\r\n";
  return `v=0\r\n${`m=video 9 UDP/TLS/RTP/SAVPF 96\r\n${line.repeat(71)}`.repeat(transceivers)}`;
}

/** What arrives at the other side, after JSON. Checks that each frame may be sent, whatever the ids. */
function travel(message: PeerMessage): unknown[] {
  return (splitMessage(message) ?? []).map((peer) => {
    for (const id of LONGEST_IDS) {
      const source = parseClientId(id);
      if (source === null) throw new Error("the id is too long");
      encodeSignal(new Uint8Array(16), source, { type: "offer", target: id, data: { peer } });
    }
    return JSON.parse(JSON.stringify({ peer }));
  });
}

function join(joiner: PartJoiner, arrived: readonly unknown[]): (PeerMessage | null)[] {
  return arrived.map((data) => joiner.add(data));
}

describe("splitMessage()", () => {
  it("leaves a message whole that fits into a frame", () => {
    const message = offer(sdpOf(14));
    expect(splitMessage(message)).toEqual([message]);
  });

  it("numbers the parts of an offer of 24 video transceivers (102 KB), each of which fits into a frame", () => {
    const message = offer(sdpOf(24));
    expect(JSON.stringify(message).length).toBeGreaterThan(102_000);
    const parts = travel(message);
    expect(parts).toMatchObject([
      { peer: { kind: "part", of: "offer", number: 1, part: 1, parts: 2 } },
      { peer: { kind: "part", of: "offer", number: 1, part: 2, parts: 2 } },
    ]);
  });

  it.each([
    ["ASCII", "a"],
    ["line ends, which JSON escapes", "\r\n"],
    ["control characters, of which JSON makes six bytes each", "\u0001"],
    ["characters of three bytes", "€"],
    ["characters of four bytes, which a cut may divide", "a😀"],
  ])("divides an SDP of 1 MiB of %s, and the joined message is the same", (_, text) => {
    const bytes = new TextEncoder().encode(text).length;
    const message = offer(text.repeat(Math.floor(MAX_SDP_BYTES / bytes)));
    const joined = join(new PartJoiner(), travel(message));
    expect(joined.slice(0, -1).every((one) => one === null)).toBe(true);
    expect(joined.at(-1)).toEqual(message);
  });

  it.each([
    ["an SDP over 1 MiB", offer("a".repeat(MAX_SDP_BYTES + 1))],
    ["an SDP over 1 MiB in UTF-8 alone", offer("€".repeat(400_000))],
    [
      "a large candidate",
      { kind: "candidate", from: "a", to: "b", candidate: { candidate: "c".repeat(65_000) } },
    ],
    [
      "an answer to a call whose id leaves room for few characters of each part",
      { kind: "answer", from: "a", to: "b".repeat(63_700), number: 1, sdp: "v=0\r\n".repeat(100) },
    ],
    [
      "an answer to a call whose id fills a frame",
      { kind: "answer", from: "a", to: "b".repeat(65_000), number: 1, sdp: "v=0" },
    ],
  ] as [string, PeerMessage][])("returns null for %s", (_, message) => {
    expect(splitMessage(message)).toBeNull();
  });

  it("makes parts that an SDK without parts ignores, and that begin no call", () => {
    for (const data of travel(offer(sdpOf(24)))) {
      expect(readPeerMessage(data)).toBeNull();
      expect(callOf({ type: "offer", source: "bob", id: "1", data })).toBeNull();
    }
  });
});

describe("a PartJoiner", () => {
  it("passes a whole message through, and nothing that is no peer's message", () => {
    const joiner = new PartJoiner();
    const message = offer("v=0");
    expect(joiner.add({ peer: message })).toEqual(message);
    expect(joiner.add({ peer: { ...message, sdp: 1 } })).toBeNull();
    expect(joiner.add("text")).toBeNull();
  });

  it("joins parts that arrive in any order and more than once, as after a reconnect", () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        fc.array(fc.constantFrom(0, 1, 2)),
        (order, copies) => {
          const message = offer(sdpOf(40));
          const parts = travel(message);
          const arrived = [...order.slice(0, 2), ...copies, ...order.slice(2)];
          const joined = join(
            new PartJoiner(),
            arrived.map((at) => parts[at]),
          );
          const whole = joined.filter((one) => one !== null);
          expect(whole).not.toEqual([]);
          for (const one of whole) expect(one).toEqual(message);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("discards an incomplete message when a part of another arrives", () => {
    const joiner = new PartJoiner();
    const [first = null] = travel(offer(sdpOf(24)));
    const later = offer(`${sdpOf(24)}a=later`, 2);
    const [one = null, two = null] = travel(later);
    expect(join(joiner, [first, two, one])).toEqual([null, null, later]);
  });

  it("does not mix the parts of two calls or of an offer and an answer with one SDP", () => {
    const sdp = sdpOf(24);
    const [one = null] = travel(offer(sdp));
    const answer: PeerMessage = { kind: "answer", from: "a", to: "b", number: 1, sdp };
    const [, otherCalls = null] = travel(offer(sdp));
    const [first = null, second = null] = travel(answer);
    expect(join(new PartJoiner(), [one, otherCalls])).toEqual([null, null]);
    expect(join(new PartJoiner(), [one, second, first])).toEqual([null, null, answer]);
  });

  it("holds a message of the largest size, and no more", () => {
    const joiner = new PartJoiner();
    const half = "a".repeat(MAX_SDP_BYTES / 2);
    const part = { kind: "part", of: "offer", from: "a", to: "b", number: 1, id: 1, parts: 3 };
    const add = (number: number, sdp: string) =>
      joiner.add({ peer: { ...part, part: number, sdp } });
    expect([add(1, half), add(2, half), add(3, "a")]).toEqual([null, null, null]);
    // What was too large is forgotten, so this part is the first of its message again.
    expect([add(3, "c"), add(1, "a"), add(2, "b")]).toMatchObject([null, null, { sdp: "abc" }]);
  });

  it.each([
    { part: 0 },
    { part: 3 },
    { part: 1.5 },
    { part: "1" },
    { parts: 129, part: 129 },
    { parts: -1 },
    { parts: 1e9, part: 1e9 },
    { sdp: null },
    { of: "part", parts: 1 },
    { of: "toString", parts: 1 },
    { from: 1, parts: 1 },
  ])("ignores a part with %j", (wrong) => {
    const part = { kind: "part", of: "offer", from: "a", to: "b", number: 1, id: 1 };
    const peer = { ...part, part: 1, parts: 2, sdp: "v=0", ...wrong };
    expect(new PartJoiner().add({ peer })).toBeNull();
  });

  it("does not throw, whatever the data", () => {
    const joiner = new PartJoiner();
    const part = fc.record(
      { kind: fc.constant("part"), part: fc.anything(), parts: fc.anything(), sdp: fc.string() },
      { requiredKeys: ["kind"] },
    );
    fc.assert(fc.property(fc.oneof(part, fc.anything()), (peer) => void joiner.add({ peer })));
  });
});
