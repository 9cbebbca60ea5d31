/** Perfect negotiation as a table. */
import { describe, expect, it } from "vitest";
import { decide, isPolite, type Action, type Standing } from "../../../src/client/peer/decide.ts";
import type { PeerBody } from "../../../src/client/peer/message.ts";

const KNOWN: Standing = {
  session: "mine",
  remote: "theirs",
  isPolite: true,
  signalingState: "stable",
  localType: undefined,
  offerNumber: 0,
  takenNumber: 0,
};

const OFFERED: Partial<Standing> = { signalingState: "have-local-offer", offerNumber: 3 };
const IMPOLITE: Partial<Standing> = { isPolite: false };
const ANSWERED: Partial<Standing> = { takenNumber: 2, localType: "answer" };

const HELLO: PeerBody = { kind: "hello" };
const OFFER: PeerBody = { kind: "offer", sdp: "o", number: 2 };
const ANSWER: PeerBody = { kind: "answer", sdp: "a", number: 3 };
const CANDIDATE: PeerBody = { kind: "candidate", candidate: {} };
const BYE: PeerBody = { kind: "bye" };

const DROP: Action = { kind: "drop" };
const OURS = { from: "theirs", to: "mine" };
const TAKE: Action = { kind: "take-offer", sdp: "o", number: 2, rollBack: false };

function meet(remote: string, isReplacement: boolean, reply: boolean): Action {
  return { kind: "meet", remote, isReplacement, reply };
}

describe("a hello", () => {
  it.each<[string, { from: string; to: string | null }, Partial<Standing>, Action]>([
    [
      "of a first session begins it",
      { from: "t", to: null },
      { remote: null },
      meet("t", false, true),
    ],
    [
      "that knows this session needs no reply",
      { from: "t", to: "mine" },
      { remote: null },
      meet("t", false, false),
    ],
    [
      "meant for a session before this one is replied to",
      { from: "t", to: "old" },
      { remote: null },
      meet("t", false, true),
    ],
    [
      "of another session replaces the one known",
      { from: "new", to: null },
      {},
      meet("new", true, true),
    ],
    ["of the session known asks for what it missed", OURS, {}, { kind: "restate", reply: false }],
    [
      "of the session known, which does not know this one",
      { from: "theirs", to: null },
      {},
      { kind: "restate", reply: true },
    ],
  ])("%s", (_, address, standing, action) => {
    expect(decide({ ...HELLO, ...address }, { ...KNOWN, ...standing })).toEqual(action);
  });
});

describe("an offer", () => {
  it.each<[string, Partial<Standing>, Action]>([
    ["is taken", {}, TAKE],
    ["is taken by the impolite side too, where none crosses it", IMPOLITE, TAKE],
    ["that crosses the polite side's has it rolled back", OFFERED, { ...TAKE, rollBack: true }],
    [
      "that crosses the impolite side's is ignored",
      { ...OFFERED, ...IMPOLITE },
      { kind: "ignore-offer" },
    ],
    ["that comes again is answered again", ANSWERED, { kind: "answer-again" }],
    [
      "that comes again is dropped where something else stands since",
      { ...ANSWERED, localType: "offer" },
      DROP,
    ],
    [
      "that comes again is dropped where an offer of ours is out",
      { ...ANSWERED, ...OFFERED },
      DROP,
    ],
    ["older than the last is dropped", { ...ANSWERED, takenNumber: 3 }, DROP],
  ])("%s", (_, standing, action) => {
    expect(decide({ ...OFFER, ...OURS }, { ...KNOWN, ...standing })).toEqual(action);
  });
});

describe("an answer", () => {
  it.each<[string, Partial<Standing>, Action]>([
    ["to the offer that is out is taken", OFFERED, { kind: "take-answer", sdp: "a" }],
    ["that comes again is dropped", { offerNumber: 3 }, DROP],
    ["to an offer before is dropped", { ...OFFERED, offerNumber: 4 }, DROP],
  ])("%s", (_, standing, action) => {
    expect(decide({ ...ANSWER, ...OURS }, { ...KNOWN, ...standing })).toEqual(action);
  });
});

describe("candidates and byes", () => {
  it("are taken of the session known", () => {
    expect(decide({ ...CANDIDATE, ...OURS }, KNOWN)).toEqual({
      kind: "add-candidate",
      candidate: {},
    });
    expect(decide({ ...BYE, ...OURS }, KNOWN)).toEqual({ kind: "end" });
  });

  it("a bye may come of one that never learned this session", () => {
    expect(decide({ ...BYE, from: "theirs", to: null }, KNOWN)).toEqual({ kind: "end" });
  });

  it("a bye may come of nobody, to a call that nobody has answered, and to no other", () => {
    const declined = { ...BYE, from: "", to: "mine" };
    expect(decide(declined, { ...KNOWN, remote: null })).toEqual({ kind: "end" });
    expect(decide(declined, KNOWN)).toEqual(DROP);
    expect(decide({ ...declined, to: "old" }, { ...KNOWN, remote: null })).toEqual(DROP);
    expect(decide({ ...declined, to: null }, { ...KNOWN, remote: null })).toEqual(DROP);
  });
});

describe("whatever is stale", () => {
  it.each([OFFER, ANSWER, CANDIDATE, BYE])("is dropped: $kind", (body) => {
    const standing = { ...KNOWN, ...(body === ANSWER ? OFFERED : {}) };
    expect(decide({ ...body, ...OURS }, standing)).not.toEqual(DROP);
    expect(decide({ ...body, from: "old", to: "mine" }, standing)).toEqual(DROP);
    expect(decide({ ...body, from: "theirs", to: "old" }, standing)).toEqual(DROP);
    if (body !== BYE)
      expect(decide({ ...body, ...OURS }, { ...standing, remote: null })).toEqual(DROP);
    if (body !== BYE) expect(decide({ ...body, from: "theirs", to: null }, standing)).toEqual(DROP);
  });
});

describe("politeness", () => {
  it("is agreed on without asking", () => {
    for (const [one, other] of [
      ["a", "b"],
      ["a", "B"],
      ["a", "aa"],
      ["é", "e"],
    ] as const) {
      expect(isPolite(one, other)).toBe(!isPolite(other, one));
    }
  });
});
