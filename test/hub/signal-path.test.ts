/** What a signal costs: the test records every operation of the hub except arithmetic. */
import { describe, expect, it } from "vitest";
import type { HubEvent, HubSocket, SessionRow } from "../../src/hub/ports.ts";
import { Hub } from "../../src/hub/hub.ts";
import { hubNameOf } from "../../src/hub/placement.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";
import { success } from "../../src/protocol/result.ts";
import { framesWire } from "../../src/wires/frames.ts";
import { SIGNAL_STYLES } from "../behaviour/steps.ts";
import { matesOf } from "../behaviour/world.ts";
import { clientId as idOf } from "../support/client-ids.ts";
import { concat, frame, uuid } from "../support/frames.ts";

const HUBS = 7;
const ALICE = "alice";
const HUB_NAME = hubNameOf(idOf(ALICE), HUBS);
/** At home on the same hub as alice. */
const [BOB = ""] = matesOf(ALICE, HUBS, 1);
/** At home on another hub. */
const CAROL = "carol";

const SETTINGS = {
  maxSessions: 10,
  heartbeatIntervalMs: 30_000,
  minSilenceMs: 75_000,
  connectTimeoutMs: 10_000,
  maxMessageBytes: 1_048_576,
  framesPerSecond: 10,
  frameBurst: 100,
  maxBatchBytes: 8192,
};

/** A hub of seven whose every costly act is recorded. */
function watchedHub() {
  const acts: string[] = [];
  const failures: unknown[] = [];
  let nowMs = 0;
  let isBroken = false;
  let opened = 0;
  const sockets = new Map<string, HubSocket>();
  const rows = new Map<ClientId, SessionRow>();
  const hub = new Hub(
    {
      sockets: {
        find: (id) => (acts.push("find socket"), sockets.get(id)),
        all: () => {
          if (isBroken) {
            isBroken = false;
            throw new Error("no list");
          }
          acts.push("all sockets");
          return sockets.values();
        },
        get count() {
          return (acts.push("count sockets"), sockets.size);
        },
        get isFull() {
          return (acts.push("count held sockets"), false);
        },
      },
      sessions: {
        find: (clientId) => (acts.push("read row"), rows.get(clientId)),
        begin: (row) => (acts.push("write row"), void rows.set(row.clientId, row)),
        end: (clientId) => (acts.push("delete row"), rows.delete(clientId)),
        all: () => (acts.push("read all rows"), []),
        count: 0,
      },
      authenticate: ({ clientId }) =>
        Promise.resolve(
          success({ clientId: clientId ?? ("" as ClientId), targets: null, expiresAtMs: null }),
        ),
      remoteHubs: {
        deliver: async (name, signals) => {
          acts.push(`deliver ${signals.length} to ${name}`);
          return signals.map(() => "delivered");
        },
      },
      // Counting is arithmetic in memory, which is not recorded.
      stats: { received: () => {}, delivered: () => {} },
      observe: (event: HubEvent) => {
        acts.push(event.event);
        if (event.event === "hub.failed") failures.push(event.error);
      },
      now: () => nowMs,
      newSessionId: () => `session-${(opened += 1)}`,
    },
    SETTINGS,
    { hubName: HUB_NAME, hubs: HUBS },
  );
  const open = (socketId: string) => hub.open(socketId, { grant: null, expectedClientId: null });
  const connect = async (client_id: string) => {
    const sent: Uint8Array[] = [];
    const connection = open(`socket-of-${client_id}`);
    if (connection === null) throw new Error("the hub is full");
    const socket: HubSocket = {
      connection,
      wire: framesWire,
      send: (bytes) => {
        if (typeof bytes === "string") throw new Error("frames are bytes");
        return sent.push(bytes.slice()) > 0;
      },
      close: () => acts.push("close"),
      isBacklogged: false,
      lastPingMs: () => null,
    };
    sockets.set(socket.connection.socketId, socket);
    await hub.receive(socket, frame("CONNECT", { client_id, auth_token: "x" }));
    return { socket, sent };
  };
  const pass = (ms: number) => (nowMs += ms);
  const breakList = () => (isBroken = true);
  return { hub, acts, failures, open, connect, pass, breakList };
}

describe.each(SIGNAL_STYLES)("the path of a signal in $style", ({ signal }) => {
  it("[SI1] is synchronous, reads no storage, counts and lists no sockets, and asks for no alarm", async () => {
    const { hub, acts, connect } = watchedHub();
    const alice = await connect(ALICE);
    const bob = await connect(BOB);
    const { sweepAtMs } = hub;
    acts.length = 0;
    bob.sent.length = 0;
    expect(hub.receive(alice.socket, signal(BOB))).toBe(undefined);
    expect(bob.sent).toHaveLength(1);
    expect(acts).toEqual([]);
    expect(hub.sweepAtMs).toBe(sweepAtMs);
  });

  it("[SI11] costs one call per message where the targets are on another hub, and nothing else", async () => {
    const { hub, acts, connect } = watchedHub();
    const alice = await connect(ALICE);
    const { sweepAtMs } = hub;
    acts.length = 0;
    alice.sent.length = 0;
    await hub.receive(alice.socket, concat(signal(CAROL, uuid(1)), signal(CAROL, uuid(2))));
    expect(acts).toEqual([`deliver 2 to ${hubNameOf(idOf(CAROL), HUBS)}`]);
    expect(alice.sent).toEqual([]);
    expect(hub.sweepAtMs).toBe(sweepAtMs);
  });

  it("[SI1] [SI11] reaches its target from another hub without storage, counts or lists", async () => {
    const { hub, acts, connect } = watchedHub();
    const bob = await connect(BOB);
    const { sweepAtMs } = hub;
    acts.length = 0;
    bob.sent.length = 0;
    const [source, target] = [idOf(CAROL), idOf(BOB)];
    const forwarded = { source, target, messageType: 0x10, frame: signal(CAROL) };
    expect(hub.deliver([forwarded])).toEqual(["delivered"]);
    expect(bob.sent).toEqual([signal(CAROL)]);
    expect(acts).toEqual([]);
    expect(hub.sweepAtMs).toBe(sweepAtMs);
  });
});

describe("a signal that another hub sends here", () => {
  it("[SI11] finds no target and is not passed on if its target belongs to another hub", async () => {
    const { hub, acts } = watchedHub();
    const [source, target] = [idOf(ALICE), idOf(CAROL)];
    const forwarded = { source, target, messageType: 0x10, frame: new Uint8Array(21) };
    expect(hub.deliver([forwarded])).toEqual(["signal.absent"]);
    expect(acts).toEqual(["read row"]);
  });
});

describe("an alarm", () => {
  it("[HB4] that fires before any deadline, to report counts, lists no socket and reads no row", async () => {
    const { hub, acts, connect, pass } = watchedHub();
    await connect(ALICE);
    hub.tick();
    // The first alarm after a wake sweeps.
    expect(acts).toContain("all sockets");
    expect(hub.sweepAtMs).toBe(90_000);
    acts.length = 0;
    pass(5000);
    hub.tick();
    expect(acts).toEqual([]);
    expect(hub.sweepAtMs).toBe(90_000);
  });

  it("[CO9] sweeps at a deadline that came up meanwhile", async () => {
    const { hub, acts, open, connect, pass } = watchedHub();
    await connect(ALICE);
    hub.tick();
    open("socket-of-bob");
    pass(9999);
    acts.length = 0;
    hub.tick();
    expect([acts, hub.sweepAtMs]).toEqual([[], 10_000]);
    pass(1);
    hub.tick();
    expect(acts).toContain("all sockets");
  });

  it("[SE5] sweeps again after a sweep that failed, whatever the next deadline is", async () => {
    const { hub, acts, failures, connect, pass, breakList } = watchedHub();
    await connect(ALICE);
    hub.tick();
    breakList();
    pass(90_000);
    hub.tick();
    expect(failures).toEqual([new Error("no list")]);
    expect(hub.sweepAtMs).toBe(150_000);
    acts.length = 0;
    hub.tick();
    expect(acts).toContain("all sockets");
  });
});
