/** What a peer does with each message, as tables. */
import { describe, expect, it } from "vitest";
import {
  decide,
  isPolite,
  type Action,
  type NegotiationState,
} from "../../../src/client/peer/decide.ts";
import type { PeerBody } from "../../../src/client/peer/message.ts";

const KNOWN: NegotiationState = {
  callId: "mine",
  remoteCallId: "theirs",
  isPolite: true,
  signalingState: "stable",
  localType: undefined,
  offerNumber: 0,
  acceptedNumber: 0,
};

const OFFERED: Partial<NegotiationState> = { signalingState: "have-local-offer", offerNumber: 3 };
const IMPOLITE: Partial<NegotiationState> = { isPolite: false };
const ANSWERED: Partial<NegotiationState> = { acceptedNumber: 2, localType: "answer" };

const HELLO: PeerBody = { kind: "hello" };
const OFFER: PeerBody = { kind: "offer", sdp: "o", number: 2 };
const ANSWER: PeerBody = { kind: "answer", sdp: "a", number: 3 };
const CANDIDATE: PeerBody = { kind: "candidate", candidate: {} };
const BYE: PeerBody = { kind: "bye" };

const DROP: Action = { kind: "drop" };
const OURS = { from: "theirs", to: "mine" };
const ACCEPT: Action = { kind: "accept-offer", sdp: "o", number: 2, mustRollBack: false };

function newCall(remoteCallId: string, isReplacement: boolean, shouldReply: boolean): Action {
  return { kind: "new-call", remoteCallId, isReplacement, shouldReply };
}

describe("a hello", () => {
  it.each<[string, { from: string; to: string | null }, Partial<NegotiationState>, Action]>([
    [
      "from a first call begins it",
      { from: "t", to: null },
      { remoteCallId: null },
      newCall("t", false, true),
    ],
    [
      "that knows this call gets no reply",
      { from: "t", to: "mine" },
      { remoteCallId: null },
      newCall("t", false, false),
    ],
    [
      "for an earlier call gets a reply",
      { from: "t", to: "old" },
      { remoteCallId: null },
      newCall("t", false, true),
    ],
    [
      "from another call replaces the known one",
      { from: "new", to: null },
      {},
      newCall("new", true, true),
    ],
    [
      "from the known call gets the offer again",
      OURS,
      {},
      { kind: "resend-offer", shouldReply: false },
    ],
    [
      "from the known call, which does not know this one, also gets a reply",
      { from: "theirs", to: null },
      {},
      { kind: "resend-offer", shouldReply: true },
    ],
  ])("%s", (_, address, state, action) => {
    expect(decide({ ...HELLO, ...address }, { ...KNOWN, ...state })).toEqual(action);
  });
});

describe("an offer", () => {
  it.each<[string, Partial<NegotiationState>, Action]>([
    ["is accepted", {}, ACCEPT],
    ["is accepted by the impolite side if it crosses none", IMPOLITE, ACCEPT],
    [
      "that crosses the polite side's offer makes that side roll back",
      OFFERED,
      { ...ACCEPT, mustRollBack: true },
    ],
    [
      "that crosses the impolite side's offer is ignored",
      { ...OFFERED, ...IMPOLITE },
      { kind: "ignore-offer" },
    ],
    ["that comes again gets its answer again", ANSWERED, { kind: "resend-answer" }],
    [
      "that comes again is dropped if this side has negotiated since",
      { ...ANSWERED, localType: "offer" },
      DROP,
    ],
    [
      "that comes again is dropped while this side's offer has no answer",
      { ...ANSWERED, ...OFFERED },
      DROP,
    ],
    ["that is older than the last one is dropped", { ...ANSWERED, acceptedNumber: 3 }, DROP],
  ])("%s", (_, state, action) => {
    expect(decide({ ...OFFER, ...OURS }, { ...KNOWN, ...state })).toEqual(action);
  });
});

describe("an answer", () => {
  it.each<[string, Partial<NegotiationState>, Action]>([
    ["to the open offer is accepted", OFFERED, { kind: "accept-answer", sdp: "a" }],
    ["that comes again is dropped", { offerNumber: 3 }, DROP],
    ["to an earlier offer is dropped", { ...OFFERED, offerNumber: 4 }, DROP],
  ])("%s", (_, state, action) => {
    expect(decide({ ...ANSWER, ...OURS }, { ...KNOWN, ...state })).toEqual(action);
  });
});

describe("a candidate or a bye", () => {
  it("is accepted from the known call", () => {
    expect(decide({ ...CANDIDATE, ...OURS }, KNOWN)).toEqual({
      kind: "add-candidate",
      candidate: {},
    });
    expect(decide({ ...BYE, ...OURS }, KNOWN)).toEqual({ kind: "end" });
  });

  it("is accepted from a peer that does not know this call, if it is a bye", () => {
    expect(decide({ ...BYE, from: "theirs", to: null }, KNOWN)).toEqual({ kind: "end" });
  });

  it("is accepted without a call if it is a bye that declines an unanswered call, and otherwise dropped", () => {
    const declined = { ...BYE, from: "", to: "mine" };
    expect(decide(declined, { ...KNOWN, remoteCallId: null })).toEqual({ kind: "end" });
    expect(decide(declined, KNOWN)).toEqual(DROP);
    expect(decide({ ...declined, to: "old" }, { ...KNOWN, remoteCallId: null })).toEqual(DROP);
    expect(decide({ ...declined, to: null }, { ...KNOWN, remoteCallId: null })).toEqual(DROP);
  });
});

describe("a message of another call", () => {
  it.each([OFFER, ANSWER, CANDIDATE, BYE])("is dropped: $kind", (body) => {
    const state = { ...KNOWN, ...(body === ANSWER ? OFFERED : {}) };
    expect(decide({ ...body, ...OURS }, state)).not.toEqual(DROP);
    expect(decide({ ...body, from: "old", to: "mine" }, state)).toEqual(DROP);
    expect(decide({ ...body, from: "theirs", to: "old" }, state)).toEqual(DROP);
    if (body !== BYE)
      expect(decide({ ...body, ...OURS }, { ...state, remoteCallId: null })).toEqual(DROP);
    if (body !== BYE) expect(decide({ ...body, from: "theirs", to: null }, state)).toEqual(DROP);
  });
});

describe("isPolite()", () => {
  it("is true for exactly one of two client ids", () => {
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
