/** What the negotiation of a call does with each message, as tables. `negotiation.property.test.ts` has whole stories. */
import { beforeEach, describe, expect, it } from "vitest";
import type { PeerBody, PeerMessage } from "../../../src/client/peer/message.ts";
import type { Command, Input } from "../../../src/client/peer/moves.ts";
import { isPolite, Negotiation } from "../../../src/client/peer/negotiation.ts";
import { RETRY_MS } from "../../../src/client/peer/setbacks.ts";

let ids: number;
let machine: Negotiation;

beforeEach(() => begin());

/** The ids of this side's calls are mine1, mine2 … */
function begin(polite = true): void {
  ids = 0;
  machine = new Negotiation(polite, () => `mine${(ids += 1)}`);
}

/** What is done, but for waits: a step or another command by its name, a message by its kind and addressee. */
function does(...inputs: Input[]): string[] {
  return inputs.flatMap((input) => machine.handle(input)).flatMap(nameOf);
}

function nameOf(command: Command): string | [] {
  if (command.kind === "wait") return [];
  if (command.kind === "step") return command.step.kind;
  if (command.kind === "end") return `end ${command.by}`;
  if (command.kind !== "send") return command.kind;
  const { to, ...message } = command.message;
  return `${message.kind}${"number" in message ? ` ${message.number}` : ""} to ${to}`;
}

function heard(body: PeerBody, from = "theirs", to: string | null = "mine1"): Input {
  return { kind: "heard", message: { from, to, ...body } };
}

const HELLO: PeerBody = { kind: "hello" };
const BYE: PeerBody = { kind: "bye" };
const CANDIDATE: PeerBody = { kind: "candidate", candidate: {} };
const CONNECTED: Input = { kind: "connected", isUp: false };
const WISH: Input = { kind: "wish" };
const DONE: Input = { kind: "done", sdp: "mine" };
const REFUSED: Input = { kind: "failed", how: "refused" };
const BROKEN: Input = { kind: "failed", how: "broken" };

function offer(number: number, answered?: number): PeerBody {
  return { kind: "offer", sdp: "theirs", number, answered };
}

function answer(number: number): PeerBody {
  return { kind: "answer", sdp: "theirs", number };
}

/** The other side is known, and the polite side's wait for its offer is over. */
function meet(): void {
  does(CONNECTED, heard(HELLO), { kind: "waited", wait: "head-start" });
}

/** This side's offer waits for its answer. */
function offerFirst(): void {
  meet();
  expect(does(WISH, DONE)).toEqual(["offer", "offer 1 to theirs"]);
}

describe("a hello", () => {
  it.each<[string, string | null, string[]]>([
    ["from a first call gets a reply", null, ["hello to theirs"]],
    ["that knows this call gets no reply", "mine1", []],
    ["for an earlier call gets a reply", "old", ["hello to theirs"]],
  ])("%s", (_, to, commands) => {
    does(CONNECTED);
    expect(does(heard(HELLO, "theirs", to))).toEqual(commands);
  });

  it("from another call replaces the RTCPeerConnection, and this side takes another id", () => {
    meet();
    does(heard(offer(1)), DONE);
    expect(does(heard(HELLO, "new", null))).toEqual(["replace", "hello to new"]);
    expect(does(heard(offer(1), "new", "mine2"))).toEqual(["accept"]);
  });

  it("from another call replaces no RTCPeerConnection that has not negotiated: it gets the offer", () => {
    offerFirst();
    expect(does(heard(HELLO, "new", null))).toEqual(["hello to new", "offer 1 to new"]);
  });

  it("from the known call gets the open offer again", () => {
    offerFirst();
    expect(does(heard(HELLO))).toEqual(["offer 1 to theirs"]);
    expect(does(heard(HELLO, "theirs", null))).toEqual(["hello to theirs", "offer 1 to theirs"]);
  });
});

describe("an offer", () => {
  it.each([true, false])("is accepted and answered if it crosses none: polite %s", (polite) => {
    begin(polite);
    meet();
    expect(does(heard(offer(2)), DONE)).toEqual(["accept", "answer 2 to theirs"]);
  });

  it("that crosses the polite side's offer is accepted", () => {
    offerFirst();
    expect(does(heard(offer(1)))).toEqual(["accept"]);
    // Its own wish is still to be met.
    expect(does(DONE)).toEqual(["offer", "answer 1 to theirs"]);
  });

  it("that crosses the impolite side's offer is ignored", () => {
    begin(false);
    offerFirst();
    expect(does(heard(offer(1)))).toEqual(["ignore-offer"]);
  });

  it.each([true, false])(
    "made on top of an answer that was lost makes this side ask for both: polite %s",
    (polite) => {
      begin(polite);
      offerFirst();
      expect(does(heard(offer(1, 1)))).toEqual(["hello to theirs"]);
      expect(does(heard(answer(1)), DONE)).toEqual(["apply"]);
      expect(does(heard(offer(1, 1)))).toEqual(["accept"]);
    },
  );

  it("that comes again gets its answer again, also while this side's own offer is open", () => {
    meet();
    does(heard(offer(2)), DONE);
    expect(does(heard(offer(2)))).toEqual(["answer 2 to theirs"]);
    does(WISH, DONE);
    expect(does(heard(offer(2)))).toEqual(["answer 2 to theirs"]);
  });

  it("that is older than the last one is dropped", () => {
    meet();
    does(heard(offer(2)), DONE);
    expect(does(heard(offer(1)))).toEqual([]);
  });

  it("that cannot be applied is refused, each time it comes", () => {
    meet();
    expect(does(heard(offer(1)), REFUSED)).toEqual(["accept", "refuse 1 to theirs"]);
    expect(does(heard(offer(1)))).toEqual(["refuse 1 to theirs"]);
    expect(does(heard(offer(2)))).toEqual(["accept"]);
  });

  it("waits until the step that runs has ended", () => {
    meet();
    does(WISH);
    expect(does(heard(offer(1)))).toEqual([]);
    expect(does(DONE)).toEqual(["accept"]);
  });
});

describe("an answer", () => {
  it("to the open offer is applied once", () => {
    offerFirst();
    expect(does(heard(answer(1)), DONE, heard(answer(1)))).toEqual(["apply"]);
  });

  it.each([0, 2])("to another offer is dropped: %i", (number) => {
    offerFirst();
    expect(does(heard(answer(number)))).toEqual([]);
  });

  it("that cannot be applied leads to another offer after a pause", () => {
    offerFirst();
    expect(does(heard(answer(1)), REFUSED)).toEqual(["apply"]);
    expect(does({ kind: "waited", wait: "retry" })).toEqual(["offer"]);
  });
});

describe("a refusal", () => {
  it("takes back the open offer, and the next ones follow after pauses that grow", () => {
    offerFirst();
    const pauses: number[] = [];
    for (let number = 1; number <= 4; number += 1) {
      expect(does(heard({ kind: "refuse", number }))).toEqual(["rollback"]);
      const commands = machine.handle(DONE);
      pauses.push(...commands.flatMap((one) => (one.kind === "wait" ? one.ms : [])));
      expect(commands.some(({ kind }) => kind === "give-up")).toBe(number === 4);
      expect(does({ kind: "waited", wait: "retry" })).toEqual(number === 4 ? [] : ["offer"]);
      if (number < 4) does(DONE);
    }
    expect(pauses).toEqual([1, 2, 4, 8].map((factor) => factor * RETRY_MS));
    expect(does(WISH)).toEqual(["offer"]);
  });
});

describe("a candidate or a bye", () => {
  it("is taken from the known call", () => {
    meet();
    expect(does(heard(CANDIDATE), heard(BYE))).toEqual(["add-candidate", "end remote"]);
  });

  it("is taken from a peer that does not know this call, if it is a bye", () => {
    meet();
    expect(does(heard(BYE, "theirs", null))).toEqual(["end remote"]);
  });

  it.each<[string, boolean, string | null, string[]]>([
    ["ends an unanswered call", false, "mine1", ["end remote"]],
    ["does not end a call that was answered", true, "mine1", []],
    ["does not end another call", false, "old", []],
    ["for nobody ends nothing", false, null, []],
  ])("without a call, a bye %s", (_, isKnown, to, commands) => {
    if (isKnown) meet();
    expect(does(heard(BYE, "", to))).toEqual(commands);
  });

  it("acts while a step runs, if it is a bye", () => {
    meet();
    does(WISH);
    expect(does(heard(BYE))).toEqual(["end remote"]);
  });
});

describe("a message of another call", () => {
  it.each([offer(1), answer(1), { kind: "refuse", number: 1 } as const, CANDIDATE, BYE])(
    "is dropped: $kind",
    (body) => {
      offerFirst();
      expect(does(heard(body, "old"), heard(body, "theirs", "old"))).toEqual([]);
      expect(does(heard(body))).not.toEqual([]);
    },
  );
});

function lost(message: PeerBody): Input {
  const addressed: PeerMessage = { from: "mine1", to: "theirs", ...message };
  return { kind: "unsent", message: addressed, afterMs: 1 };
}

describe("a message that was lost", () => {
  it("leaves again after its pause, and before what is newer", () => {
    meet();
    does(heard(offer(1)), DONE);
    expect(does(lost(answer(1)), heard(HELLO, "theirs", null))).toEqual([]);
    expect(does({ kind: "waited", wait: "resend" })).toEqual([
      "hello to theirs",
      "answer 1 to theirs",
    ]);
  });

  it("does not leave again if it is stale", () => {
    offerFirst();
    does(lost(offer(1)), heard(answer(1)), DONE);
    expect(does({ kind: "waited", wait: "resend" })).toEqual([]);
  });

  it("waits for the session where there is none", () => {
    offerFirst();
    expect(does({ kind: "disconnected" }, lost(offer(1)))).toEqual([]);
    expect(does({ kind: "waited", wait: "resend" })).toEqual([]);
    expect(does(CONNECTED)).toEqual(["hello to theirs", "offer 1 to theirs"]);
  });
});

describe("a step that is broken", () => {
  it("leads to another RTCPeerConnection with another id, and in the end to a bye", () => {
    meet();
    for (let broken = 1; broken <= 3; broken += 1) {
      does(WISH);
      expect(does(BROKEN)).toEqual(["replace", "hello to theirs"]);
      does({ kind: "waited", wait: "retry" });
    }
    does(WISH);
    expect(does(BROKEN)).toEqual(["end local"]);
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

/** A hello of a side that answers asks. */
function hello(ask: number): PeerBody {
  return { kind: "hello", ask };
}

const GO: PeerBody = { kind: "go", number: 1 };

describe("a polite side that wants to negotiate", () => {
  beforeEach(() => void does(CONNECTED, heard(hello(0))));

  it("asks, and makes its offer when the other side says go", () => {
    expect(does(WISH)).toEqual(["hello to theirs"]);
    expect(does(heard(GO), DONE)).toEqual(["offer", "offer 1 to theirs"]);
  });

  it("asks again when the other side is back", () => {
    does(WISH);
    expect(does(heard(hello(0)))).toEqual(["hello to theirs"]);
  });

  it("takes the offer of the other side in the meantime, and still goes when it may", () => {
    does(WISH);
    expect(does(heard(offer(1)), DONE)).toEqual(["accept", "answer 1 to theirs"]);
    expect(does(heard(GO), DONE)).toEqual(["offer", "offer 1 to theirs"]);
  });

  it("says that it does not want to any more when a go is for an ask that is over", () => {
    does(WISH, heard(GO), DONE, heard(answer(1)), DONE);
    expect(does(heard(GO))).toEqual(["hello to theirs"]);
  });

  it("does not ask an SDK before it, which never says go", () => {
    does(heard(HELLO));
    expect(does(WISH)).toEqual(["offer"]);
  });
});

describe("an impolite side that is asked", () => {
  beforeEach(() => {
    begin(false);
    does(CONNECTED, heard(hello(0)));
  });

  it("says go, and makes no offer until the other's has come", () => {
    expect(does(heard(hello(1)))).toEqual(["go 1 to theirs"]);
    expect(does(WISH)).toEqual([]);
    expect(does(heard(offer(1)), DONE)).toEqual(["accept", "offer", "answer 1 to theirs"]);
  });

  it("says go once its own offer has been answered", () => {
    expect(does(WISH, DONE)).toEqual(["offer", "offer 1 to theirs"]);
    expect(does(heard(hello(1)))).toEqual(["offer 1 to theirs"]);
    expect(does(heard(answer(1)), DONE)).toEqual(["apply", "go 1 to theirs"]);
  });

  it("says go again when the other side is back, and offers when it asks no more", () => {
    does(heard(hello(1)), WISH);
    expect(does(heard(hello(1)))).toEqual(["go 1 to theirs"]);
    expect(does(heard(hello(0)))).toEqual(["offer"]);
  });

  it("says go again when this side is back", () => {
    does(heard(hello(1)));
    expect(does(CONNECTED)).toEqual(["hello to theirs", "go 1 to theirs"]);
  });
});

describe("an RTCPeerConnection that took back an offer", () => {
  it("is replaced when its next step fails, since Chromium then refuses every offer", () => {
    offerFirst();
    expect(does(heard(offer(1)))).toEqual(["accept"]);
    expect(does(REFUSED)).toEqual(["replace", "hello to theirs"]);
  });
});
