/** A `Call` whose other side the test plays, and sends that fail. */
import { beforeEach, describe, expect, it } from "vitest";
import { SignalError } from "../../../src/client/errors.ts";
import { Call } from "../../../src/client/peer/call.ts";
import { heardByCall } from "../../../src/client/peer/live-calls.ts";
import type { PeerBody, PeerMessage } from "../../../src/client/peer/message.ts";
import { HEAD_START_MS, OFFERS_PER_SECOND } from "../../../src/client/peer/offer-pace.ts";
import { uuid, uuidBytes } from "../../support/frames.ts";
import { FakeNet, type FakeClient } from "../support/fake-net.ts";
import { FakeRtc } from "../support/fake-rtc.ts";
import { HandClock, settled } from "../support/hand-clock.ts";

const REMOTE = "the call of a test";

let net: FakeNet;
let alice: FakeClient;
let bob: FakeClient;
let clock: HandClock;
let errors: SignalError[];
let calls = 0;

beforeEach(() => {
  net = new FakeNet();
  [alice, bob] = [net.client("alice"), net.client("bob")];
  // The test plays the call of the other side.
  bob.on("signal", ({ data }) => heardByCall(data));
  clock = new HandClock();
  errors = [];
});

/** The clock, and uuids that are easy to tell apart. */
function ports() {
  return { clock, uuid: () => uuidBytes(uuid((calls += 1))) };
}

async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) await settled();
}

/** The messages of alice's peer. */
function sent(): PeerMessage[] {
  // Nobody but a peer sends signals here.
  return net.log
    .filter(({ source }) => source === "alice")
    .map(({ data }) => (data as { peer: PeerMessage }).peer);
}

function kinds(): string[] {
  return sent().map(({ kind }) => kind);
}

function offers(): number {
  return kinds().filter((kind) => kind === "offer").length;
}

async function bobSends(body: PeerBody, address: object = {}): Promise<void> {
  const to = sent()[0]?.from ?? null;
  await bob.send("alice", "offer", { peer: { from: REMOTE, to, ...body, ...address } });
  await rest();
}

/** Alice's call, the polite side, which knows the other's call. */
async function met(client: FakeClient = alice, setup = () => {}): Promise<Call<FakeRtc>> {
  const call = new Call(client, "bob", { RTCPeerConnection: FakeRtc, setup }, ports());
  call.on("error", (error) => errors.push(error));
  await rest();
  await bobSends({ kind: "hello" });
  // Ends its wait for the other's first offer.
  await clock.advance(HEAD_START_MS);
  return call;
}

function offer(number: number, sdp = `bob/${number}`): PeerBody {
  return { kind: "offer", sdp, number };
}

function candidate(of: string): PeerBody {
  return { kind: "candidate", candidate: { usernameFragment: of } };
}

describe("a candidate", () => {
  it("that comes before its description waits for it", async () => {
    const { connection } = await met();
    await bobSends(candidate("bob/1"));
    expect(connection.candidates).toEqual([]);
    await bobSends(offer(1));
    expect(connection.candidates).toEqual([{ usernameFragment: "bob/1" }]);
    expect(errors).toEqual([]);
  });

  it("that does not fit is reported as negotiation-failed", async () => {
    await met();
    await bobSends(offer(1));
    await bobSends(candidate("another"));
    expect(errors).toMatchObject([{ code: "negotiation-failed", target: "bob" }]);
  });

  it("of an ignored offer causes no error", async () => {
    // "carol" is greater than "bob", so hers is the impolite side.
    const carol = net.client("carol");
    const call = new Call(carol, "bob", { RTCPeerConnection: FakeRtc }, ports());
    call.on("error", (error) => errors.push(error));
    await rest();
    const own = net.log.map(({ data }) => (data as { peer: PeerMessage }).peer)[0];
    const sendToCarol = async (body: PeerBody) => {
      await bob.send("carol", "offer", { peer: { from: REMOTE, to: own?.from, ...body } });
      await rest();
    };
    await sendToCarol({ kind: "hello" });
    call.connection.want();
    await rest();
    expect(call.connection.signalingState).toBe("have-local-offer");
    await sendToCarol(offer(1));
    await sendToCarol(candidate("bob/1"));
    await sendToCarol({ kind: "answer", sdp: "bob/2", number: 1 });
    await sendToCarol(candidate("bob/2"));
    expect(call.connection.candidates).toEqual([{ usernameFragment: "bob/2" }]);
    expect(errors).toEqual([]);
  });
});

describe("a negotiation that fails", () => {
  it("is reported, and the next one succeeds", async () => {
    const { connection } = await met();
    connection.fails = "remote offer";
    await bobSends(offer(1));
    expect(errors).toMatchObject([
      { code: "negotiation-failed", message: expect.stringContaining("remote offer fails") },
    ]);
    await bobSends(offer(2));
    expect(kinds()).toContain("answer");
    expect(errors).toHaveLength(1);
  });

  it("is reported if setup throws for a replacing connection", async () => {
    let made = 0;
    const call = await met(alice, () => {
      made += 1;
      if (made > 1) throw new Error("no camera");
    });
    await bobSends(offer(1));
    await bobSends({ kind: "hello" }, { from: "another call" });
    expect(errors).toMatchObject([{ code: "negotiation-failed", cause: { message: "no camera" } }]);
    expect(call.connection.signalingState).toBe("closed");
  });

  it("is not reported after close()", async () => {
    const call = await met();
    call.connection.want();
    await Promise.resolve();
    call.close();
    await rest();
    expect(errors).toEqual([]);
  });
});

describe("a loop of renegotiations", () => {
  it("is slowed to eight offers per second, and its last change is negotiated", async () => {
    const { connection } = await met();
    /** The connection needs a negotiation again and again, and the other side answers each offer at once. */
    const loop = async () => {
      for (let round = 1; round <= 3 * OFFERS_PER_SECOND; round += 1) {
        connection.want();
        await rest();
        if (connection.signalingState !== "have-local-offer") continue;
        await bobSends({ kind: "answer", sdp: `bob/${offers()}`, number: offers() });
      }
    };
    await loop();
    expect(offers()).toBe(OFFERS_PER_SECOND);
    await clock.advance(999);
    expect(offers()).toBe(OFFERS_PER_SECOND);
    await clock.advance(1);
    await rest();
    expect(offers()).toBe(OFFERS_PER_SECOND + 1);
    await bobSends({ kind: "answer", sdp: "bob/last", number: offers() });
    await clock.advance(10_000);
    expect(offers()).toBe(OFFERS_PER_SECOND + 1);
    expect(errors).toEqual([]);
  });

  it("does not wait at eight offers per second", async () => {
    const { connection } = await met();
    for (let number = 1; number <= 3 * OFFERS_PER_SECOND; number += 1) {
      if (number % OFFERS_PER_SECOND === 1) await clock.advance(1000);
      connection.want();
      await rest();
      expect(offers()).toBe(number);
      await bobSends({ kind: "answer", sdp: `bob/${number}`, number });
    }
  });
});

describe("an offer that comes twice", () => {
  it("is answered twice and accepted once", async () => {
    const { connection } = await met();
    await bobSends(offer(1));
    await bobSends(offer(1));
    expect(connection.steps.filter((step) => step === "remote offer")).toHaveLength(1);
    const answers = sent().filter(({ kind }) => kind === "answer");
    expect(answers).toHaveLength(2);
    expect(answers[0]).toEqual(answers[1]);
  });
});

describe("a send that fails", () => {
  it("is reported", async () => {
    const { connection } = await met();
    alice.refusals.push(new SignalError("too-large", { target: "bob" }));
    connection.want();
    await rest();
    expect(errors).toMatchObject([{ code: "too-large" }]);
  });

  it("because the target is absent is reported once, until a message of the target arrives", async () => {
    await met();
    bob.go("waiting");
    for (let round = 0; round < 3; round++) alice.go("connected");
    await rest();
    expect(errors).toMatchObject([{ code: "target-absent" }]);
    bob.go("connected");
    await bobSends({ kind: "hello" });
    bob.go("waiting");
    alice.go("connected");
    await rest();
    expect(errors).toMatchObject([{ code: "target-absent" }, { code: "target-absent" }]);
  });

  it("because the client is closed is not reported", async () => {
    const { connection } = await met();
    alice.refusals.push(new SignalError("closed", { target: "bob" }));
    connection.want();
    await rest();
    expect(errors).toEqual([]);
  });

  it("because of the rate limit is tried again after the hub's pause", async () => {
    const { connection } = await met();
    alice.refusals.push(new SignalError("rate-limited", { retryAfterMs: 70 }));
    connection.want();
    await rest();
    expect(kinds()).not.toContain("offer");
    await clock.advance(70);
    expect(kinds()).toContain("offer");
    expect(errors).toEqual([]);
  });

  it("because of the rate limit is not tried again after close()", async () => {
    const call = await met();
    alice.refusals.push(new SignalError("rate-limited", { retryAfterMs: 70 }));
    call.connection.want();
    await rest();
    call.close();
    await clock.advance(70);
    expect(kinds()).not.toContain("offer");
  });
});

describe("a signal that is no peer message", () => {
  it("has no effect on the call", async () => {
    const { connection } = await met();
    await bob.send("alice", "offer", { sdp: "v=0" });
    await bob.send("alice", "offer", "text");
    await rest();
    expect(connection.steps).toEqual([]);
    expect(errors).toEqual([]);
  });
});
