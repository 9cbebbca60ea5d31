/** The RTCPeerConnections of a call and their configuration. */
import { beforeEach, describe, expect, it } from "vitest";
import { CONFIG_TIMEOUT_MS, Connections } from "../../../src/client/peer/connections.ts";
import type { PeerOptions } from "../../../src/client/peer/contract.ts";
import { ConfiguredRtc, FakeRtc, type DayConfig } from "../support/fake-rtc.ts";
import { HandClock, settled } from "../support/hand-clock.ts";

type Options = PeerOptions<ConfiguredRtc, DayConfig>;

let clock: HandClock;
let failures: unknown[];

beforeEach(() => {
  clock = new HandClock();
  failures = [];
});

function connections(options: Options): Connections<ConfiguredRtc, DayConfig> {
  const all = { RTCPeerConnection: ConfiguredRtc, ...options };
  return new Connections(all, clock, (cause) => failures.push(cause));
}

/** Each call gives the next day's credentials. */
function byDay(): () => DayConfig {
  let day = 0;
  return () => ({ day: (day += 1) });
}

function noCredentials(): never {
  throw new Error("no credentials");
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let isDone = false;
  void promise.then(() => (isDone = true));
  await settled();
  return isDone;
}

describe("a configuration that is a value", () => {
  it("goes to each constructor, and an ICE restart changes nothing", async () => {
    const made = connections({ rtcConfig: { day: 1 } });
    const [one, other] = [made.create(), made.create()];
    await made.configured(one);
    await made.refresh(one);
    expect([one.configs, other.configs]).toEqual([[{ day: 1 }], [{ day: 1 }]]);
  });

  it("may be left out", async () => {
    const made = connections({});
    const connection = made.create();
    await made.refresh(connection);
    expect(connection.configs).toEqual([undefined]);
  });
});

describe("a configuration that is a function", () => {
  it("is asked for each RTCPeerConnection, whose constructor gets its value, and for each ICE restart", async () => {
    const made = connections({ rtcConfig: byDay() });
    const one = made.create();
    expect(await isSettled(made.configured(one))).toBe(true);
    await made.refresh(one);
    const other = made.create();
    expect([one.configs, other.configs]).toEqual([[{ day: 1 }, { day: 2 }], [{ day: 3 }]]);
    expect(failures).toEqual([]);
  });

  it("leaves the last configuration in place if it throws, and says why", async () => {
    let rtcConfig = byDay();
    const made = connections({ rtcConfig: () => rtcConfig() });
    const one = made.create();
    rtcConfig = noCredentials;
    await made.refresh(one);
    const other = made.create();
    await made.configured(other);
    expect([one.configs, other.configs]).toEqual([[{ day: 1 }], [{ day: 1 }]]);
    expect(failures).toMatchObject([{ message: "no credentials" }, { message: "no credentials" }]);
  });

  it("says after the current task why the first configuration is missing", async () => {
    const made = connections({ rtcConfig: noCredentials });
    const connection = made.create();
    // `peer()` has not returned yet, so nobody listens.
    expect(failures).toEqual([]);
    await made.configured(connection);
    expect(failures).toMatchObject([{ message: "no credentials" }]);
    expect(connection.configs).toEqual([undefined]);
  });
});

describe("a configuration that is an asynchronous function", () => {
  it("is set before the RTCPeerConnection may negotiate", async () => {
    const { promise, resolve } = Promise.withResolvers<DayConfig>();
    const made = connections({ rtcConfig: () => promise });
    const connection = made.create();
    expect(connection.configs).toEqual([undefined]);
    const configured = made.configured(connection);
    expect(await isSettled(configured)).toBe(false);
    resolve({ day: 1 });
    await configured;
    expect(connection.configs).toEqual([undefined, { day: 1 }]);
  });

  it("is asked again for an ICE restart and for the next RTCPeerConnection, which begins with the last value", async () => {
    const day = byDay();
    const made = connections({ rtcConfig: async () => day() });
    const one = made.create();
    await made.refresh(one);
    const other = made.create();
    await made.configured(other);
    expect(one.configs).toEqual([undefined, { day: 1 }, { day: 2 }]);
    expect(other.configs).toEqual([{ day: 2 }, { day: 3 }]);
  });

  it("leaves the last configuration in place if it rejects, and says why", async () => {
    const made = connections({ rtcConfig: () => Promise.reject(new Error("offline")) });
    const connection = made.create();
    await made.configured(connection);
    expect(connection.configs).toEqual([undefined]);
    expect(failures).toMatchObject([{ message: "offline" }]);
  });

  it("holds a negotiation back for ten seconds at most, and its late value is not used", async () => {
    const { promise, resolve } = Promise.withResolvers<DayConfig>();
    const made = connections({ rtcConfig: () => promise });
    const connection = made.create();
    await clock.advance(CONFIG_TIMEOUT_MS - 1);
    expect(failures).toEqual([]);
    await clock.advance(1);
    expect(await isSettled(made.configured(connection))).toBe(true);
    expect(failures).toMatchObject([{ message: "rtcConfig gave no configuration in time" }]);
    resolve({ day: 1 });
    await settled();
    expect(connection.configs).toEqual([undefined]);
  });

  it("leaves no timer behind", async () => {
    const made = connections({ rtcConfig: async () => ({ day: 1 }) });
    await made.configured(made.create());
    expect(clock.delaysMs).toEqual([]);
  });

  it("gives nothing to an RTCPeerConnection that was closed meanwhile", async () => {
    const made = connections({ rtcConfig: async () => ({ day: 1 }) });
    const connection = made.create();
    connection.close();
    await made.configured(connection);
    expect(connection.configs).toEqual([undefined]);
    expect(failures).toEqual([]);
  });

  it("may be refused by the RTCPeerConnection, which keeps what it has", async () => {
    class FixedRtc extends ConfiguredRtc {
      override setConfiguration(): void {
        throw new Error("InvalidModificationError");
      }
    }
    const made = connections({ RTCPeerConnection: FixedRtc, rtcConfig: async () => ({ day: 1 }) });
    await made.configured(made.create());
    expect(failures).toMatchObject([{ message: "InvalidModificationError" }]);
  });

  it("needs an RTCPeerConnection with setConfiguration", async () => {
    const made = new Connections<FakeRtc, DayConfig>(
      { RTCPeerConnection: FakeRtc, rtcConfig: async () => ({ day: 1 }) },
      clock,
      (cause) => failures.push(cause),
    );
    await made.configured(made.create());
    expect(failures).toMatchObject([{ message: "this RTCPeerConnection has no setConfiguration" }]);
  });
});

describe("Connections", () => {
  it("gives each RTCPeerConnection to setup, and closes the one for which setup throws", () => {
    const given: ConfiguredRtc[] = [];
    const made = connections({
      setup(connection) {
        given.push(connection);
        if (given.length === 2) throw new Error("no camera");
      },
    });
    expect(made.create()).toBe(given[0]);
    expect(() => made.create()).toThrow("no camera");
    expect(given.map(({ signalingState }) => signalingState)).toEqual(["stable", "closed"]);
  });

  it("throws what the constructor throws", () => {
    class NoRtc extends ConfiguredRtc {
      constructor() {
        super();
        throw new TypeError("not a valid configuration");
      }
    }
    expect(() => connections({ RTCPeerConnection: NoRtc }).create()).toThrow(TypeError);
  });

  it("refuses a platform without RTCPeerConnection with bad-option", () => {
    expect(() => new Connections({}, clock, () => {})).toThrow(
      expect.objectContaining({ code: "bad-option" }),
    );
  });
});
