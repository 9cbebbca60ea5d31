/** `peer()` on both sides of a hub. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalError } from "../../../src/client/errors.ts";
import { HEAD_START_MS } from "../../../src/client/peer/call.ts";
import { decline } from "../../../src/client/peer/decline.ts";
import { callOf } from "../../../src/client/peer/message.ts";
import { peer } from "../../../src/client/peer/peer.ts";
import type { Peer, PeerEvents } from "../../../src/client/peer/contract.ts";
import type { Signal } from "../../../src/client/signal.ts";
import { FakeNet, type FakeClient } from "../support/fake-net.ts";
import { agree, FakeRtc } from "../support/fake-rtc.ts";
import { settled } from "../support/hand-clock.ts";

interface Side {
  readonly peer: Peer<FakeRtc>;
  readonly events: [keyof PeerEvents<FakeRtc>, unknown][];
}

let net: FakeNet;
let alice: FakeClient;
let bob: FakeClient;

afterEach(() => void vi.useRealTimers());

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  net = new FakeNet();
  alice = net.client("alice");
  bob = net.client("bob");
});

/** Every connection wants to negotiate from the first. */
function call(client: FakeClient, target: string, setup = (rtc: FakeRtc) => rtc.want()): Side {
  const made = peer(client, target, { RTCPeerConnection: FakeRtc, setup });
  const events: Side["events"] = [];
  for (const name of ["connection", "connectionstate", "error", "closed"] as const) {
    made.on(name, (value) => events.push([name, value]));
  }
  return { peer: made, events };
}

/** Until nothing happens any more, the polite side's wait for the other's first offer included. */
async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) await settled();
  vi.advanceTimersByTime(HEAD_START_MS);
  for (let round = 0; round < 10; round++) await settled();
}

function codes({ events }: Side): unknown[] {
  return events.flatMap(([name, value]) =>
    name === "error" ? (value as PeerEvents<FakeRtc>["error"]).code : [],
  );
}

function refuseCamera(): never {
  throw new Error("no camera");
}

describe("two peers", () => {
  it("agree when both begin at once: the polite one lets the other go first", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    expect([a.peer.polite, b.peer.polite]).toEqual([true, false]);
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    for (const { peer: made } of [a, b]) {
      expect(made.connection.steps).not.toContain("local rollback");
    }
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it("agree when offers cross later", async () => {
    const [a, b] = [call(alice, "bob", () => {}), call(bob, "alice", () => {})];
    await rest();
    expect(a.peer.connection.steps).toEqual([]);
    a.peer.connection.want();
    b.peer.connection.want();
    await rest();
    expect(a.peer.connection.steps).toContain("local rollback");
    expect(b.peer.connection.steps).not.toContain("local rollback");
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it.each(["alice", "bob"])("agree when only %s has something to negotiate", async (who) => {
    const setup = (name: string) => (rtc: FakeRtc) => (name === who ? rtc.want() : undefined);
    const [a, b] = [call(alice, "bob", setup("alice")), call(bob, "alice", setup("bob"))];
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("agree when one comes later, and the first is told once that nobody is there", async () => {
    bob.go("waiting");
    const a = call(alice, "bob");
    await rest();
    expect(codes(a)).toEqual(["target-absent"]);
    bob.go("connected");
    const b = call(bob, "alice");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("agree when one answers late: nothing of the call is lost", async () => {
    const a = call(alice, "bob");
    await rest();
    expect(a.events).toEqual([]);
    const b = call(bob, "alice", () => {});
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect(b.peer.connection.candidates).toHaveLength(1);
  });

  it("send each other's candidates after the descriptions that they belong to", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice", () => {})];
    await rest();
    expect(a.peer.connection.candidates).toHaveLength(1);
    expect(b.peer.connection.candidates).toHaveLength(1);
    const types = net.log.map(({ source, type }) => `${source} ${type}`);
    expect(types.indexOf("alice offer")).toBeLessThan(types.indexOf("alice ice-candidate"));
    expect(types.indexOf("bob answer")).toBeLessThan(types.indexOf("bob ice-candidate"));
  });

  it("do not hear what others say", async () => {
    const carol = net.client("carol");
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    const [a2, c] = [call(alice, "carol"), call(carol, "alice")];
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect(agree(a2.peer.connection, c.peer.connection)).toBe(true);
    a2.peer.close();
    await rest();
    expect(c.events).toContainEqual(["closed", { by: "remote" }]);
    expect(a.peer.connection.signalingState).toBe("stable");
  });
});

describe("a call that is declined", () => {
  it("is closed for its caller, who may call again, and no RTCPeerConnection is made for it", async () => {
    const rings: Signal[] = [];
    const unlisten = bob.on("signal", (signal) => {
      if (callOf(signal) === "call") rings.push(signal);
    });
    const a = call(alice, "bob");
    await rest();
    expect(rings).toHaveLength(1);
    const made = FakeRtc.made;
    for (const ring of rings) await decline(bob, ring);
    await rest();
    expect(FakeRtc.made).toBe(made);
    expect(a.events).toEqual([["closed", { by: "remote" }]]);
    expect(a.peer.connection.signalingState).toBe("closed");
    const again = call(alice, "bob");
    await rest();
    expect(rings).toHaveLength(2);
    unlisten();
    const b = call(bob, "alice");
    await rest();
    expect(agree(again.peer.connection, b.peer.connection)).toBe(true);
  });

  it("is not the one that was made since", async () => {
    const rings: Signal[] = [];
    bob.on("signal", (signal) => rings.push(signal));
    call(alice, "bob").peer.close();
    const a = call(alice, "bob");
    await rest();
    const [first] = rings;
    if (first === undefined) throw new Error("it has not rung");
    await decline(bob, first);
    await rest();
    expect(a.events).toEqual([]);
  });

  it("has a caller who is there: else decline() rejects as send() does", async () => {
    const rings: Signal[] = [];
    bob.on("signal", (signal) => rings.push(signal));
    call(alice, "bob");
    await rest();
    alice.go("waiting");
    const [ring] = rings;
    if (ring === undefined) throw new Error("it has not rung");
    await expect(decline(bob, ring)).rejects.toMatchObject({ code: "target-absent" });
  });

  it("is a call: of any other signal decline() says nothing", async () => {
    await decline(bob, { type: "offer", source: "alice", id: "1", data: { sdp: "v=0" } });
    expect(net.log).toEqual([]);
  });
});

describe("a session that has ended", () => {
  it("rings nobody with what was on its way to it", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    const rings: unknown[] = [];
    bob.on("signal", (signal) => rings.push(callOf(signal)));
    a.peer.connection.want();
    alice.go("waiting");
    b.peer.close();
    alice.go("connected");
    await rest();
    expect(rings).not.toEqual([]);
    expect(rings).not.toContain("call");
  });
});

describe("a page that is reloaded", () => {
  it.each([
    ["polite", "alice"],
    ["impolite", "bob"],
  ])("is back in the call, and what it said before counts no more: the %s side", async (_, who) => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    const [stays, goes] = who === "alice" ? [b, a] : [a, b];
    const before = stays.peer.connection;
    // Without a word: the page has gone. Its client comes anew, with the same id.
    const again = net.client(who);
    const back = call(again, who === "alice" ? "bob" : "alice");
    await rest();
    expect(before.signalingState).toBe("closed");
    expect(stays.peer.connection).not.toBe(before);
    expect(stays.events).toContainEqual(["connection", stays.peer.connection]);
    expect(agree(stays.peer.connection, back.peer.connection)).toBe(true);
    // What the page before it had on its way arrives now.
    goes.peer.connection.fire("icecandidate", { candidate: { usernameFragment: "" } });
    goes.peer.close();
    await rest();
    expect(agree(stays.peer.connection, back.peer.connection)).toBe(true);
    expect([...codes(stays), ...codes(back)]).toEqual([]);
  });

  it("is back in a call whose offer it took with it unanswered", async () => {
    const a = call(alice, "bob");
    call(bob, "alice", () => {});
    await settled();
    const back = call(net.client("bob"), "alice");
    await rest();
    expect(agree(a.peer.connection, back.peer.connection)).toBe(true);
  });
});

describe("after a reconnect of the client", () => {
  it("ICE is restarted", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    const before = b.peer.connection.remoteDescription;
    alice.go("waiting");
    alice.go("connected");
    await rest();
    expect(a.peer.connection.steps).toContain("restart");
    expect(b.peer.connection.remoteDescription).not.toEqual(before);
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("of both at once, as when the hub was started again, the two agree", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    for (const client of [alice, bob]) client.go("waiting");
    await rest();
    for (const client of [alice, bob]) client.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it.each(["alice", "bob"])("an offer that %s made to nobody is said again", async (first) => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    const [early, late] = first === "alice" ? [alice, bob] : [bob, alice];
    for (const client of [alice, bob]) client.go("waiting");
    early.go("connected");
    await rest();
    expect(codes(first === "alice" ? a : b)).toEqual(["target-absent"]);
    late.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("an answer that found nobody is given again", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice", () => {})];
    await rest();
    bob.refusals.push(new SignalError("target-absent", { target: "alice" }));
    a.peer.connection.want();
    await rest();
    expect(codes(b)).toEqual(["target-absent"]);
    expect(a.peer.connection.signalingState).toBe("have-local-offer");
    alice.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect([...codes(a), ...codes(b)]).toEqual(["target-absent"]);
  });
});

describe("a peer", () => {
  it("restarts ICE where the connection has failed", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    a.peer.connection.become("failed");
    await rest();
    expect(a.events).toContainEqual(["connectionstate", "failed"]);
    expect(a.peer.connection.steps).toContain("restart");
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("hangs up on both sides", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    a.peer.close();
    a.peer.close();
    await rest();
    expect(a.events.at(-1)).toEqual(["closed", { by: "local" }]);
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
    expect(a.peer.connection.signalingState).toBe("closed");
    expect(b.peer.connection.signalingState).toBe("closed");
    b.peer.close();
    expect(b.events.filter(([name]) => name === "closed")).toHaveLength(1);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it("that hangs up before the other answers says so to whoever listens", async () => {
    const a = call(alice, "bob");
    a.peer.close();
    await rest();
    expect(net.log.map(({ data }) => data)).toMatchObject([
      { peer: { kind: "hello", to: null } },
      { peer: { kind: "bye", to: null } },
    ]);
  });

  it("may be made again after it was closed", async () => {
    const first = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    first[0]?.peer.close();
    await rest();
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("begins when its client is connected", async () => {
    alice.state = "idle";
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    expect(net.log.filter(({ source }) => source === "alice")).toEqual([]);
    alice.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("tells of tracks and data channels of its present connection", async () => {
    const a = call(alice, "bob");
    const told: unknown[] = [];
    a.peer.on("track", (event) => told.push(event));
    a.peer.on("datachannel", (event) => told.push(event));
    a.peer.connection.fire("track", { track: 1 });
    a.peer.connection.fire("datachannel", { channel: 2 });
    expect(told).toEqual([{ track: 1 }, { channel: 2 }]);
  });

  it.each<[string, () => unknown]>([
    ["of its own id", () => call(alice, "alice")],
    ["of a target that has one", () => [call(alice, "bob"), call(alice, "bob")]],
    ["without an RTCPeerConnection", () => peer(alice, "bob")],
  ])("is refused: %s", (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "bad-option" }));
  });

  it("leaves nothing behind where its setup throws", async () => {
    expect(() => call(alice, "bob", refuseCamera)).toThrow("no camera");
    const [a, b] = [call(alice, "bob"), call(bob, "alice")];
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });
});
