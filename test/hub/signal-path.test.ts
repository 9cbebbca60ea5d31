import { describe, expect, it } from "vitest";
import { Hub } from "../../src/hub/hub.ts";
import type { HubSocket, SessionStore } from "../../src/hub/ports.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";
import { success } from "../../src/protocol/result.ts";
import { SIGNAL_STYLES } from "../behaviour/steps.ts";
import { clientId as idOf } from "../support/client-ids.ts";
import { concat, frame, uuid } from "../support/frames.ts";

/** Lives on another hub. */
const ABROAD = "carol";

/** A hub whose every costly act is written down. */
function watchedHub() {
  const acts: string[] = [];
  let nowMs = 0;
  let isBroken = false;
  const sockets = new Map<string, HubSocket>();
  const rows = new Map<string, ReturnType<SessionStore["find"]>>();
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
      // Counting is arithmetic in memory: no act.
      remoteHubs: {
        hubOf: (clientId) => (acts.push("place"), clientId === ABROAD ? "h1of7" : null),
        deliver: async (name, signals) => {
          acts.push(`deliver ${signals.length} to ${name}`);
          return signals.map(() => null);
        },
      },
      counts: { received: () => {}, routed: () => {} },
      observe: ({ event }) => acts.push(event),
      now: () => nowMs,
    },
    {
      maxSessions: 10,
      heartbeatIntervalMs: 30_000,
      connectTimeoutMs: 10_000,
      maxMessageBytes: 1_048_576,
      framesPerSecond: 10,
      frameBurst: 100,
      maxBatchBytes: 8192,
    },
  );
  const connect = async (client_id: string) => {
    const sent: Uint8Array[] = [];
    const socket: HubSocket = {
      connection: hub.greet(`s-${client_id}`, null),
      send: (bytes) => sent.push(bytes.slice()) > 0,
      close: () => acts.push("close"),
      isBacklogged: false,
      lastPingMs: () => null,
    };
    sockets.set(socket.connection.id, socket);
    await hub.receive(socket, frame("CONNECT", { client_id, auth_token: "x" }));
    return { socket, sent };
  };
  const pass = (ms: number) => (nowMs += ms);
  const breakList = () => (isBroken = true);
  return { hub, acts, connect, pass, breakList };
}

describe.each(SIGNAL_STYLES)("the path of a signal in $style", ({ signal }) => {
  it("[SI1] routes synchronously, with no storage, no count and no list of sockets, and wants no alarm", async () => {
    const { hub, acts, connect } = watchedHub();
    const alice = await connect("alice");
    const bob = await connect("bob");
    hub.takeWakeByMs();
    acts.length = 0;
    bob.sent.length = 0;
    expect(hub.receive(alice.socket, signal("bob"))).toBe(undefined);
    expect(bob.sent).toHaveLength(1);
    // Whose home it is is arithmetic.
    expect(acts).toEqual(["place"]);
    expect(hub.wantsWake).toBe(false);
  });

  it("[SI11] costs one call where the target is on another hub, with no storage, no count and no list", async () => {
    const { hub, acts, connect } = watchedHub();
    const alice = await connect("alice");
    hub.takeWakeByMs();
    acts.length = 0;
    alice.sent.length = 0;
    await hub.receive(alice.socket, concat(signal(ABROAD, uuid(1)), signal(ABROAD, uuid(2))));
    expect(acts).toEqual(["place", "place", "deliver 2 to h1of7"]);
    expect(alice.sent).toEqual([]);
    expect(hub.wantsWake).toBe(false);
  });

  it("[SI1] [SI11] takes what comes from another hub to its target with no storage, no count and no list", async () => {
    const { hub, acts, connect } = watchedHub();
    const bob = await connect("bob");
    hub.takeWakeByMs();
    acts.length = 0;
    bob.sent.length = 0;
    const [source, target] = [idOf(ABROAD), idOf("bob")];
    const outside = { source, target, messageType: 0x10, frame: signal(ABROAD) };
    expect(hub.deliver([outside])).toEqual([null]);
    expect(bob.sent).toEqual([signal(ABROAD)]);
    expect(acts).toEqual([]);
    expect(hub.wantsWake).toBe(false);
  });
});

it("[HB4] an alarm that comes before any deadline, to report counts, looks at no socket and reads no row", async () => {
  const { hub, acts, connect } = watchedHub();
  await connect("alice");
  // Nobody has looked since the wake.
  hub.takeWakeByMs();
  hub.sweep();
  expect(acts).toContain("all sockets");
  const deadlineMs = hub.takeWakeByMs();
  expect(deadlineMs).toBe(90_000);
  acts.length = 0;
  hub.sweep();
  expect(acts).toEqual([]);
  expect(hub.takeWakeByMs()).toBe(deadlineMs);
});

it("[CO9] a deadline that comes up meanwhile is looked at in its time", async () => {
  const { hub, acts, connect, pass } = watchedHub();
  await connect("alice");
  hub.sweep();
  hub.greet("s-bob", null);
  hub.takeWakeByMs();
  pass(9_999);
  acts.length = 0;
  hub.sweep();
  expect([acts, hub.takeWakeByMs()]).toEqual([[], 10_000]);
  pass(1);
  hub.sweep();
  expect(acts).toContain("all sockets");
});

it("[SE5] a sweep that failed is made again by the next alarm, whatever the next deadline is", async () => {
  const { hub, acts, connect, pass, breakList } = watchedHub();
  await connect("alice");
  hub.sweep();
  breakList();
  pass(90_000);
  expect(() => hub.sweep()).toThrow("no list");
  acts.length = 0;
  hub.sweep();
  expect(acts).toContain("all sockets");
});
