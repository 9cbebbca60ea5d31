/** Being called: `callOf()` and `decline()`. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { callOf, decline } from "../../../src/client/peer/incoming-call.ts";
import type { FakeClient } from "../support/fake-net.ts";
import { agree, FakeRtc } from "../support/fake-rtc.ts";
import { call, PeerWorld, rest, ringsOf } from "../support/peer-world.ts";

let world: PeerWorld;
let alice: FakeClient;
let bob: FakeClient;

beforeEach(() => {
  world = new PeerWorld();
  ({ alice, bob } = world);
});

afterEach(() => void vi.useRealTimers());

describe("decline()", () => {
  it("closes the caller's peer without an RTCPeerConnection, and the caller may call again", async () => {
    const { rings, stop } = ringsOf(bob);
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
    stop();
    const b = call(bob, "alice");
    await rest();
    expect(agree(again.peer.connection, b.peer.connection)).toBe(true);
  });

  it("does not close a later call of the same caller", async () => {
    const { rings } = ringsOf(bob);
    call(alice, "bob").peer.close();
    const a = call(alice, "bob");
    await rest();
    const [first] = rings;
    if (first === undefined) throw new Error("no call has arrived");
    await decline(bob, first);
    await rest();
    expect(a.events).toEqual([]);
  });

  it("rejects with target-absent if the caller is gone", async () => {
    const { rings } = ringsOf(bob);
    call(alice, "bob");
    await rest();
    alice.go("waiting");
    const [ring] = rings;
    if (ring === undefined) throw new Error("no call has arrived");
    await expect(decline(bob, ring)).rejects.toMatchObject({ code: "target-absent" });
  });

  it("sends nothing for a signal that is no call", async () => {
    await decline(bob, { type: "offer", source: "alice", id: "1", data: { sdp: "v=0" } });
    expect(world.net.log).toEqual([]);
  });
});

describe("callOf()", () => {
  it("reports no call for messages to a call that has ended", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const answers: unknown[] = [];
    bob.on("signal", (signal) => answers.push(callOf(signal)));
    a.peer.connection.want();
    alice.go("waiting");
    b.peer.close();
    alice.go("connected");
    await rest();
    expect(answers).not.toEqual([]);
    expect(answers).not.toContain("call");
  });
});
