/** Calls that survive a reloaded page or a reconnect. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalError } from "../../../src/client/errors.ts";
import type { FakeClient } from "../support/fake-net.ts";
import { agree } from "../support/fake-rtc.ts";
import { settled } from "../support/hand-clock.ts";
import { call, codes, PeerWorld, rest } from "../support/peer-world.ts";

let world: PeerWorld;
let alice: FakeClient;
let bob: FakeClient;

beforeEach(() => {
  world = new PeerWorld();
  ({ alice, bob } = world);
});

afterEach(() => void vi.useRealTimers());

describe("a reloaded page", () => {
  it.each([
    ["polite", "alice"],
    ["impolite", "bob"],
  ])(
    "is back in the call, and its messages from before are ignored: the %s side",
    async (_, who) => {
      const [a, b] = world.callBoth();
      await rest();
      const [stays, goes] = who === "alice" ? [b, a] : [a, b];
      const before = stays.peer.connection;
      // The page is gone without a bye. A new client has the same id.
      const again = world.net.client(who);
      const back = call(again, who === "alice" ? "bob" : "alice");
      await rest();
      expect(before.signalingState).toBe("closed");
      expect(stays.peer.connection).not.toBe(before);
      expect(stays.events).toContainEqual(["connection", stays.peer.connection]);
      expect(agree(stays.peer.connection, back.peer.connection)).toBe(true);
      // Now the messages arrive that the old page had sent.
      goes.peer.connection.fire("icecandidate", { candidate: { usernameFragment: "" } });
      goes.peer.close();
      await rest();
      expect(agree(stays.peer.connection, back.peer.connection)).toBe(true);
      expect([...codes(stays), ...codes(back)]).toEqual([]);
    },
  );

  it("is back in a call whose offer it had not answered", async () => {
    const a = call(alice, "bob");
    call(bob, "alice", () => {});
    await settled();
    const back = call(world.net.client("bob"), "alice");
    await rest();
    expect(agree(a.peer.connection, back.peer.connection)).toBe(true);
  });
});

describe("a call whose client reconnects", () => {
  it("restarts ICE", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const before = b.peer.connection.remoteDescription;
    alice.go("waiting");
    alice.go("connected");
    await rest();
    expect(a.peer.connection.steps).toContain("restart");
    expect(b.peer.connection.remoteDescription).not.toEqual(before);
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("agrees when both clients reconnect at once, as after a restart of the hub", async () => {
    const [a, b] = world.callBoth();
    await rest();
    for (const client of [alice, bob]) client.go("waiting");
    await rest();
    for (const client of [alice, bob]) client.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it.each(["alice", "bob"])(
    "sends an offer again that %s made while the other side was away",
    async (first) => {
      const [a, b] = world.callBoth();
      await rest();
      const [early, late] = first === "alice" ? [alice, bob] : [bob, alice];
      for (const client of [alice, bob]) client.go("waiting");
      early.go("connected");
      await rest();
      expect(codes(first === "alice" ? a : b)).toEqual(["target-absent"]);
      late.go("connected");
      await rest();
      expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    },
  );

  it("sends an answer again that did not reach the other side", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice", () => {})];
    await rest();
    bob.refusedKind = "answer";
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
