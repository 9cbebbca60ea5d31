/** Whether a call connects in time, and when a restart of ICE no longer helps. */
import { beforeEach, describe, expect, it } from "vitest";
import {
  CONNECT_TIMEOUT_MS,
  ConnectWatch,
  MAX_FAILED_RESTARTS,
} from "../../../src/client/peer/connect-watch.ts";
import { HandClock } from "../support/hand-clock.ts";

let clock: HandClock;
let times: number;

beforeEach(() => {
  clock = new HandClock();
  times = 0;
});

function watch(timeoutMs?: number): ConnectWatch {
  const made = new ConnectWatch(clock, timeoutMs, () => (times += 1));
  made.begin();
  return made;
}

function fail(watching: ConnectWatch, isSignallingUp = true): "restart" | "replace" {
  watching.became("failed");
  return watching.failed(isSignallingUp);
}

describe("a call that does not connect", () => {
  it("is reported once, after 30 seconds by default", async () => {
    watch();
    await clock.advance(CONNECT_TIMEOUT_MS - 1);
    expect(times).toBe(0);
    await clock.advance(1);
    expect(times).toBe(1);
    await clock.advance(10 * CONNECT_TIMEOUT_MS);
    expect(times).toBe(1);
  });

  it("is reported after the time that was chosen, and restarts of ICE do not prolong it", async () => {
    const watching = watch(5_000);
    await clock.advance(4_000);
    watching.became("failed");
    expect(watching.failed(true)).toBe("restart");
    watching.became("connecting");
    await clock.advance(1_000);
    expect(times).toBe(1);
  });

  it("is reported again for each attempt: when the other side is reloaded", async () => {
    const watching = watch(5_000);
    await clock.advance(6_000);
    watching.begin();
    await clock.advance(4_000);
    // Reloaded once more: the time starts anew.
    watching.begin();
    await clock.advance(4_000);
    expect(times).toBe(1);
    await clock.advance(1_000);
    expect(times).toBe(2);
  });

  it("is never reported if the time is infinite", async () => {
    watch(Infinity);
    expect(clock.delaysMs).toEqual([]);
  });

  it("is not reported after its end", async () => {
    watch().stop();
    expect(clock.delaysMs).toEqual([]);
  });
});

describe("a call that connects", () => {
  it("is not reported", async () => {
    const watching = watch(5_000);
    watching.became("connecting");
    watching.became("connected");
    await clock.advance(60_000);
    expect(times).toBe(0);
  });

  it("is an attempt again once its connection has failed, but not while it is only disconnected", async () => {
    const watching = watch(5_000);
    watching.became("connected");
    watching.became("disconnected");
    expect(clock.delaysMs).toEqual([]);
    watching.became("failed");
    await clock.advance(4_000);
    watching.became("connecting");
    watching.became("failed");
    await clock.advance(1_000);
    expect(times).toBe(1);
  });
});

describe("the restarts of ICE", () => {
  it("give way to another RTCPeerConnection once three of them have failed", () => {
    const watching = watch();
    const restarts = Array.from({ length: MAX_FAILED_RESTARTS }, () => fail(watching));
    expect(restarts).toEqual(["restart", "restart", "restart"]);
    expect(fail(watching)).toBe("replace");
    // The next RTCPeerConnection has as many restarts.
    expect(Array.from({ length: 4 }, () => fail(watching))).toEqual([...restarts, "replace"]);
  });

  it("count from a new beginning after a connection, and after a reload of the other side", () => {
    const watching = watch();
    const threeTimes = () => [fail(watching), fail(watching), fail(watching)];
    threeTimes();
    watching.became("connected");
    expect(threeTimes()).not.toContain("replace");
    watching.begin();
    expect(threeTimes()).not.toContain("replace");
  });

  it("do not count without signalling, since they reach nobody", () => {
    const watching = watch();
    for (let time = 0; time < 10; time += 1) expect(fail(watching, false)).toBe("restart");
    expect([fail(watching), fail(watching), fail(watching), fail(watching)]).toEqual([
      "restart",
      "restart",
      "restart",
      "replace",
    ]);
  });
});

describe("connectTimeoutMs", () => {
  it.each([0, -1, Number.NaN, "5" as unknown as number, null as unknown as number])(
    "refuses %j with bad-option",
    (timeoutMs) => {
      expect(() => watch(timeoutMs)).toThrow(expect.objectContaining({ code: "bad-option" }));
    },
  );
});
