/** `peer()` on both sides of a hub. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { peer } from "../../../src/client/peer/peer.ts";
import type { FakeClient } from "../support/fake-net.ts";
import { agree, type FakeRtc } from "../support/fake-rtc.ts";
import { call, codes, PeerWorld, rest } from "../support/peer-world.ts";

let world: PeerWorld;
let alice: FakeClient;
let bob: FakeClient;

beforeEach(() => {
  world = new PeerWorld();
  ({ alice, bob } = world);
});

afterEach(() => void vi.useRealTimers());

function refuseCamera(): never {
  throw new Error("no camera");
}

describe("two peers", () => {
  it("agree without a rollback when both begin at once, because the polite one lets the other offer first", async () => {
    const [a, b] = world.callBoth();
    expect([a.peer.polite, b.peer.polite]).toEqual([true, false]);
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    for (const { peer: made } of [a, b]) {
      expect(made.connection.steps).not.toContain("local rollback");
    }
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it("agree when both want something at once later, and no offer is taken back", async () => {
    const [a, b] = world.callBoth(() => {});
    await rest();
    expect(a.peer.connection.steps).toEqual([]);
    a.peer.connection.want();
    b.peer.connection.want();
    await rest();
    for (const { peer: made } of [a, b]) {
      expect(made.connection.steps).toContain("local offer");
      expect(made.connection.steps).not.toContain("local rollback");
    }
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it.each(["alice", "bob"])("agree when only %s has something to negotiate", async (who) => {
    const setup = (name: string) => (rtc: FakeRtc) => (name === who ? rtc.want() : undefined);
    const [a, b] = [call(alice, "bob", setup("alice")), call(bob, "alice", setup("bob"))];
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("agree when one comes later, and the first reports target-absent once", async () => {
    bob.go("waiting");
    const a = call(alice, "bob");
    await rest();
    expect(codes(a)).toEqual(["target-absent"]);
    bob.go("connected");
    const b = call(bob, "alice");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("agree when one answers late, since nothing of the call is lost", async () => {
    const a = call(alice, "bob");
    await rest();
    expect(a.events).toEqual([]);
    const b = call(bob, "alice", () => {});
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
    expect(b.peer.connection.candidates).toHaveLength(1);
  });

  it("send each candidate after the description that it belongs to", async () => {
    const [a, b] = [call(alice, "bob"), call(bob, "alice", () => {})];
    await rest();
    expect(a.peer.connection.candidates).toHaveLength(1);
    expect(b.peer.connection.candidates).toHaveLength(1);
    const types = world.net.log.map(({ source, type }) => `${source} ${type}`);
    expect(types.indexOf("alice offer")).toBeLessThan(types.indexOf("alice ice-candidate"));
    expect(types.indexOf("bob answer")).toBeLessThan(types.indexOf("bob ice-candidate"));
  });

  it("ignore the messages of other peers", async () => {
    const carol = world.net.client("carol");
    const [a, b] = world.callBoth();
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

describe("a peer", () => {
  it("restarts ICE when the connection has failed", async () => {
    const [a, b] = world.callBoth();
    await rest();
    a.peer.connection.become("failed");
    await rest();
    expect(a.events).toContainEqual(["connectionstate", "failed"]);
    expect(a.peer.connection.steps).toContain("restart");
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("hangs up on both sides", async () => {
    const [a, b] = world.callBoth();
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

  it("sends a bye without a call if it hangs up before the other answers", async () => {
    const a = call(alice, "bob");
    a.peer.close();
    await rest();
    expect(world.net.log.map(({ data }) => data)).toMatchObject([
      { peer: { kind: "hello", to: null } },
      { peer: { kind: "bye", to: null } },
    ]);
  });

  it("can be made again after it was closed", async () => {
    const first = world.callBoth();
    await rest();
    first[0]?.peer.close();
    await rest();
    const [a, b] = world.callBoth();
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("says hello when its client is connected", async () => {
    alice.state = "idle";
    const [a, b] = world.callBoth();
    await rest();
    expect(world.net.log.filter(({ source }) => source === "alice")).toEqual([]);
    alice.go("connected");
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });

  it("passes on the tracks and data channels of its connection", async () => {
    const a = call(alice, "bob");
    const events: unknown[] = [];
    a.peer.on("track", (event) => events.push(event));
    a.peer.on("datachannel", (event) => events.push(event));
    a.peer.connection.fire("track", { track: 1 });
    a.peer.connection.fire("datachannel", { channel: 2 });
    expect(events).toEqual([{ track: 1 }, { channel: 2 }]);
  });

  it.each<[string, () => unknown]>([
    ["the client's own id as the target", () => call(alice, "alice")],
    ["a second peer for one target", () => [call(alice, "bob"), call(alice, "bob")]],
    ["a platform without RTCPeerConnection", () => peer(alice, "bob")],
  ])("refuses %s with bad-option", (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: "bad-option" }));
  });

  it("leaves nothing behind if setup throws", async () => {
    expect(() => call(alice, "bob", refuseCamera)).toThrow("no camera");
    const [a, b] = world.callBoth();
    await rest();
    expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  });
});
