/** Calls on bad days: steps that fail or never end, messages that are lost or too large, pages that are gone. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignalError } from "../../../src/client/errors.ts";
import { CONNECT_TIMEOUT_MS, MAX_FAILED_RESTARTS } from "../../../src/client/peer/connect-watch.ts";
import { RETRY_MS } from "../../../src/client/peer/setbacks.ts";
import { MAX_SDP_BYTES } from "../../../src/client/peer/parts.ts";
import { peer } from "../../../src/client/peer/peer.ts";
import { STEP_TIMEOUT_MS } from "../../../src/client/peer/steps.ts";
import type { FakeClient, Sent } from "../support/fake-net.ts";
import { agree, ConfiguredRtc, type DayConfig, type FakeRtc } from "../support/fake-rtc.ts";
import { call, codes, pass, PeerWorld, rest, type Side } from "../support/peer-world.ts";

let world: PeerWorld;
let alice: FakeClient;
let bob: FakeClient;

beforeEach(() => {
  world = new PeerWorld();
  ({ alice, bob } = world);
});

afterEach(() => void vi.useRealTimers());

function flap(client: FakeClient): void {
  client.go("waiting");
  client.go("connected");
}

/** A setup. */
function hang(rtc: FakeRtc): void {
  rtc.hangs = "createOffer";
  rtc.want();
}

/** The other side has the same session, and neither wants anything. */
function expectAgreement(a: Side, b: Side): void {
  expect(a.peer.connection.signalingState).toBe("stable");
  expect(b.peer.connection.signalingState).toBe("stable");
  expect(agree(a.peer.connection, b.peer.connection)).toBe(true);
  expect([a.peer.connection.isWanted, b.peer.connection.isWanted]).toEqual([false, false]);
}

function kindsOf(log: readonly Sent[], source: string): string[] {
  return log
    .filter((sent) => sent.source === source)
    .map(({ data }) => (data as { peer: { kind: string } }).peer.kind);
}

describe("an answer that is lost", () => {
  it("comes again although the polite side has made an offer meanwhile", async () => {
    const [a, b] = world.callBoth();
    await rest();
    alice.refusals.push(new SignalError("target-absent", { target: "bob" }));
    b.peer.connection.want();
    await rest();
    expect(b.peer.connection.signalingState).toBe("have-local-offer");
    a.peer.connection.want();
    await rest();
    flap(bob);
    await rest();
    expectAgreement(a, b);
  });

  it("comes again to the polite side, which does not take back an offer that was answered", async () => {
    const [a, b] = world.callBoth();
    await rest();
    bob.refusedKind = "answer";
    bob.refusals.push(new SignalError("target-absent", { target: "alice" }));
    a.peer.connection.want();
    await rest();
    expect(a.peer.connection.signalingState).toBe("have-local-offer");
    b.peer.connection.want();
    await rest();
    flap(alice);
    await rest();
    expectAgreement(a, b);
    expect(a.peer.connection.steps).not.toContain("local rollback");
  });

  it("is not overtaken by the next offer while it waits for its retry", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const before = world.net.log.length;
    alice.refusals.push(new SignalError("hub-unavailable", { retryAfterMs: 300 }));
    b.peer.connection.want();
    for (let n = 0; n < 30; n += 1) await Promise.resolve();
    a.peer.connection.want();
    for (let n = 0; n < 30; n += 1) await Promise.resolve();
    expect(kindsOf(world.net.log.slice(before), "alice")).not.toContain("offer");
    await rest();
    expectAgreement(a, b);
    const kinds = kindsOf(world.net.log.slice(before), "alice");
    expect(kinds.indexOf("answer")).toBeLessThan(kinds.indexOf("offer"));
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });
});

describe("a message whose outcome is unknown", () => {
  it.each(["timed-out", "outcome-unknown", "hub-fault"] as const)(
    "because of %s leaves again",
    async (code) => {
      const [a, b] = world.callBoth();
      await rest();
      alice.refusals.push(new SignalError(code, { target: "bob" }));
      a.peer.connection.want();
      await pass(1_500);
      expectAgreement(a, b);
    },
  );
});

describe("a step that fails once", () => {
  it.each([
    ["createOffer", "alice"],
    ["local offer", "alice"],
    ["remote offer", "bob"],
    ["createAnswer", "bob"],
    ["local answer", "bob"],
    ["remote answer", "alice"],
  ])("is reported and made up for: %s of %s", async (step, who) => {
    const [a, b] = world.callBoth();
    await rest();
    const failing = who === "alice" ? a : b;
    failing.peer.connection.fails = step;
    a.peer.connection.want();
    await rest();
    expect(codes(failing)).toEqual(["negotiation-failed"]);
    expect(a.peer.connection.signalingState).toBe("stable");
    expect(b.peer.connection.signalingState).toBe("stable");
    await pass(2 * RETRY_MS);
    expectAgreement(a, b);
    expect([...codes(a), ...codes(b)]).toEqual(["negotiation-failed"]);
  });
});

describe("a step that fails each time", () => {
  it("is tried four times, and the call goes on as it was", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const { connection } = b.peer;
    vi.spyOn(connection, "createAnswer").mockRejectedValue(new Error("no codec"));
    a.peer.connection.want();
    await pass(20 * RETRY_MS);
    expect(codes(b)).toEqual(Array.from({ length: 4 }, () => "negotiation-failed"));
    expect(codes(a)).toEqual(["negotiation-failed"]);
    expect(a.peer.connection.signalingState).toBe("stable");
    expect(connection.signalingState).toBe("stable");
    vi.restoreAllMocks();
    a.peer.connection.want();
    await rest();
    expectAgreement(a, b);
  });
});

describe("a step that never ends", () => {
  it("does not keep the other side's bye from ending the call", async () => {
    const [a, b] = world.callBoth();
    await rest();
    a.peer.connection.hangs = "createOffer";
    a.peer.connection.want();
    await rest();
    b.peer.close();
    await rest();
    expect(a.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });

  it("leads to a fresh RTCPeerConnection on both sides", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const before = [a.peer.connection, b.peer.connection];
    a.peer.connection.hangs = "createOffer";
    a.peer.connection.want();
    await pass(STEP_TIMEOUT_MS + 2 * RETRY_MS);
    expect(codes(a)).toEqual(["negotiation-failed"]);
    expect(before).not.toContain(a.peer.connection);
    expect(before).not.toContain(b.peer.connection);
    expectAgreement(a, b);
  });

  it("on every RTCPeerConnection ends the call with a bye", async () => {
    const [a, b] = [call(alice, "bob", hang), call(bob, "alice", () => {})];
    await pass(6 * (STEP_TIMEOUT_MS + 8 * RETRY_MS));
    expect(a.events.at(-1)).toEqual(["closed", { by: "local" }]);
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });
});

describe("what an RTCPeerConnection throws", () => {
  it("at a restart of ICE leads to a fresh one", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const before = a.peer.connection;
    before.fails = "restart";
    before.become("failed");
    await pass(2 * RETRY_MS);
    expect(codes(a)).toEqual(["negotiation-failed"]);
    expect(a.peer.connection).not.toBe(before);
    expectAgreement(a, b);
  });

  it("in the setup of a replacement ends the call on both sides", async () => {
    let made = 0;
    const a = call(alice, "bob", (rtc) => {
      if ((made += 1) > 1) throw new Error("camera busy");
      rtc.want();
    });
    call(bob, "alice");
    await rest();
    const back = call(world.net.client("bob"), "alice");
    await rest();
    expect(codes(a)).toEqual(["negotiation-failed"]);
    expect(a.events.at(-1)).toEqual(["closed", { by: "local" }]);
    expect(back.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });
});

describe("an SDP", () => {
  it("that exceeds a frame is negotiated", async () => {
    const [a, b] = world.callBoth();
    await rest();
    a.peer.connection.padding = b.peer.connection.padding = "\n".repeat(200_000);
    a.peer.connection.want();
    await rest();
    expectAgreement(a, b);
    expect(a.peer.connection.localDescription?.sdp?.length).toBeGreaterThan(200_000);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });

  it("of more than 1 MiB is reported as too-large once, and the call goes on as it was", async () => {
    const [a, b] = world.callBoth();
    await rest();
    a.peer.connection.padding = "\n".repeat(MAX_SDP_BYTES);
    a.peer.connection.want();
    await pass(20 * RETRY_MS);
    expect(codes(a)).toEqual(["too-large"]);
    expect(a.peer.connection.signalingState).toBe("stable");
    a.peer.connection.padding = "";
    b.peer.connection.want();
    await rest();
    expectAgreement(a, b);
  });
});

describe("a side that is gone", () => {
  it("is found out when the other comes back, if its bye reached nobody", async () => {
    const [a, b] = world.callBoth();
    await rest();
    bob.go("waiting");
    a.peer.close();
    await rest();
    bob.go("connected");
    await rest();
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });

  it("is found out when the connection fails, if its page was reloaded and does not call", async () => {
    const [, b] = world.callBoth();
    await rest();
    world.net.client("alice");
    b.peer.connection.become("failed");
    await rest();
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });

  it("is reported as absent each time the connection fails", async () => {
    const [, b] = world.callBoth();
    await rest();
    alice.go("waiting");
    for (let n = 0; n < 2; n += 1) {
      b.peer.connection.become("failed");
      await rest();
    }
    expect(codes(b)).toEqual(["target-absent", "target-absent"]);
  });

  it("and calls again while the other was away is back in the call", async () => {
    const [a, b] = world.callBoth();
    await rest();
    bob.go("waiting");
    a.peer.close();
    const again = call(alice, "bob");
    await rest();
    bob.go("connected");
    await rest();
    expectAgreement(again, b);
  });
});

describe("close()", () => {
  it("sends the bye within the call, as a page that goes away needs", async () => {
    const [a, b] = world.callBoth();
    await rest();
    a.peer.close();
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });

  it("and another peer() in one turn do not end the other side's call, as in React's StrictMode", async () => {
    const a = call(alice, "bob");
    await rest();
    call(bob, "alice").peer.close();
    const b = call(bob, "alice");
    await rest();
    expect(a.events).toEqual([]);
    expectAgreement(a, b);
  });
});

describe("a call whose client reconnects", () => {
  it("does not restart ICE while the RTCPeerConnection is connected", async () => {
    const [a, b] = world.callBoth();
    await rest();
    for (const side of [a, b]) side.peer.connection.become("connected");
    for (const client of [alice, bob]) flap(client);
    await rest();
    expect([...a.peer.connection.steps, ...b.peer.connection.steps]).not.toContain("restart");
  });
});

describe("a call that has failed", () => {
  it("probes the hub", async () => {
    const [a] = world.callBoth();
    await rest();
    a.peer.connection.become("failed");
    expect(alice.probes).toBe(1);
  });

  it("gets a fresh RTCPeerConnection on both sides when three restarts of ICE have failed", async () => {
    const [a, b] = world.callBoth();
    await rest();
    const before = a.peer.connection;
    for (let n = 0; n < MAX_FAILED_RESTARTS; n += 1) {
      before.become("failed");
      await rest();
    }
    expect(a.peer.connection).toBe(before);
    before.become("failed");
    await rest();
    expect(a.peer.connection).not.toBe(before);
    expectAgreement(a, b);
  });

  it("is replaced without trouble if both sides do it at once", async () => {
    const [a, b] = world.callBoth();
    await rest();
    for (let n = 0; n <= MAX_FAILED_RESTARTS; n += 1) {
      for (const side of [a, b]) side.peer.connection.become("failed");
      await rest();
    }
    await rest();
    expectAgreement(a, b);
    expect([...codes(a), ...codes(b)]).toEqual([]);
  });
});

describe("a call that does not connect in time", () => {
  it("says so once", async () => {
    const a = call(alice, "bob");
    await pass(3 * CONNECT_TIMEOUT_MS);
    expect(codes(a)).toEqual(["call-not-connected"]);
  });

  it("says so after the time of its option, and not if it ended before", async () => {
    const a = call(alice, "bob", undefined, { connectTimeoutMs: 5_000 });
    await pass(4_000);
    expect(codes(a)).toEqual([]);
    a.peer.close();
    await pass(4_000);
    expect(codes(a)).toEqual([]);
  });
});

describe("rtcConfig as a function", () => {
  it("is asked for each RTCPeerConnection and before each restart of ICE", async () => {
    let day = 0;
    const a = peer(alice, "bob", {
      RTCPeerConnection: ConfiguredRtc,
      rtcConfig: () => ({ day: (day += 1) }),
    });
    call(bob, "alice");
    await rest();
    a.connection.become("failed");
    await rest();
    expect(a.connection.configs).toEqual([{ day: 1 }, { day: 2 }]);
    call(world.net.client("bob"), "alice");
    await rest();
    expect(a.connection.configs).toEqual([{ day: 3 }]);
  });

  it("that is asynchronous comes before the first offer", async () => {
    const asked = Promise.withResolvers<DayConfig>();
    const a = peer(alice, "bob", {
      RTCPeerConnection: ConfiguredRtc,
      rtcConfig: () => asked.promise,
      setup: (rtc) => rtc.want(),
    });
    call(bob, "alice", () => {});
    await rest();
    expect(a.connection.steps).toEqual([]);
    asked.resolve({ day: 1 });
    await rest();
    expect(a.connection.configs).toEqual([undefined, { day: 1 }]);
    expect(a.connection.remoteDescription?.type).toBe("answer");
  });
});

describe("a call whose client was closed", () => {
  it("goes on when the client connects again", async () => {
    const [a, b] = world.callBoth();
    await rest();
    alice.go("closed");
    alice.go("connected");
    await rest();
    expectAgreement(a, b);
  });

  it("gives way to another peer() for the same target", async () => {
    const [a, b] = world.callBoth();
    await rest();
    alice.go("closed");
    alice.go("connected");
    const again = call(alice, "bob");
    await rest();
    expect(a.events.at(-1)).toEqual(["closed", { by: "local" }]);
    expectAgreement(again, b);
  });
});

describe("a platform without AbortController", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("has calls, and hangs them up", async () => {
    vi.stubGlobal("AbortController", undefined);
    const [a, b] = world.callBoth();
    await rest();
    a.peer.close();
    await rest();
    expect(b.events.at(-1)).toEqual(["closed", { by: "remote" }]);
  });
});
