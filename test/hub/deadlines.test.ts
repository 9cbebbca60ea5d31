/** Deadlines under settings that bring them close together, and clients that only ping. */
import { beforeEach, describe, expect, it } from "vitest";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { connect, error, signalTo } from "../behaviour/steps.ts";
import type { Peer } from "../behaviour/world.ts";
import { frame, uuid } from "../support/frames.ts";

it("[HB4] The hub ends a silent session in time, even if three heartbeats pass before the connect deadline", async () => {
  const settings = { heartbeatIntervalMs: 1000, minSilenceMs: 0 };
  const world = new PlainWorld({ evicts: false, settings });
  const alice = await connect(world, "alice");
  await world.advance(2999);
  expect(world.ended).toEqual([]);
  await world.advance(1);
  expect(await alice.closed).toBe(4408);
});

describe.each([{ evicts: false }, { evicts: true }])(
  "a page whose timers run once a minute, at a hub with a heartbeat interval of 10 s (evicted: $evicts)",
  ({ evicts }) => {
    const MINUTE_MS = 60_000;
    let world: PlainWorld;
    let page: Peer;

    beforeEach(async () => {
      world = new PlainWorld({ evicts, settings: { heartbeatIntervalMs: 10_000 } });
      page = await connect(world, "page", { expiresInSeconds: 86_400 });
    });

    it.each(["ping", frame("HEARTBEAT", {})])(
      "[HB4] stays connected, and gets the signals that come just before it speaks (%#)",
      async (heartbeat) => {
        const bob = await connect(world, "bob");
        for (let minute = 1; minute <= 60; minute += 1) {
          for (let part = 0; part < 10; part += 1) {
            await world.advance(MINUTE_MS / 10 - (part === 9 ? 1 : 0));
            await bob.send("ping");
            await bob.next();
          }
          expect(world.ended).toEqual([]);
          await bob.send(signalTo("page", minute));
          expect(await page.next()).toMatchObject({ type: "SIGNAL_OFFER" });
          await world.advance(1);
          await page.send(heartbeat);
          await page.next();
        }
      },
    );

    it("[HB4] is closed once it is silent for 75 s, and not before", async () => {
      await world.advance(74_999);
      expect(world.ended).toEqual([]);
      await world.advance(1);
      expect(await page.closed).toBe(4408);
      expect(world.ended).toMatchObject([{ clientId: "page", reason: "timed-out" }]);
    });
  },
);

describe("a client that only pings", () => {
  const HEARTBEAT_MS = 30_000;
  const SILENCE_MS = 3 * HEARTBEAT_MS;
  const LASTING = { expiresInSeconds: 7 * 86_400 };

  /** Pings on time, and returns how often an alarm woke the hub meanwhile. */
  async function pingFor(world: PlainWorld, peer: Peer, ms: number): Promise<number> {
    const before = world.alarms;
    for (let passed = 0; passed < ms; passed += HEARTBEAT_MS) {
      await world.advance(HEARTBEAT_MS);
      await peer.send("ping");
      await peer.next();
    }
    return world.alarms - before;
  }

  it.each([{ evicts: false }, { evicts: true }])(
    "[HB4] is checked less and less often, and is never closed (evicted: $evicts)",
    async ({ evicts }) => {
      const world = new PlainWorld({ evicts });
      const alice = await connect(world, "alice", LASTING);
      const HOUR_MS = 3_600_000;
      expect(await pingFor(world, alice, HOUR_MS)).toBeLessThan(15);
      expect(await pingFor(world, alice, 23 * HOUR_MS)).toBeLessThan(30);
      expect(world.ended).toEqual([]);
    },
  );

  it.each(
    ([1, 7, "per-client"] as const).flatMap((hubs) => [
      { hubs, evicts: false },
      { hubs, evicts: true },
    ]),
  )(
    "[HB4] [SI6] counts as absent for the first signal after it fell silent ($hubs hub(s), evicted: $evicts)",
    async ({ hubs, evicts }) => {
      const world = new PlainWorld({ evicts, hubs });
      const alice = await connect(world, "alice", LASTING);
      await pingFor(world, alice, 3_600_000);
      const bob = await connect(world, "bob");
      await world.advance(SILENCE_MS - 1);
      await bob.send(signalTo("alice", 1, uuid(1)));
      expect(await alice.next()).toMatchObject({ uuid: uuid(1) });
      expect(world.ended).toEqual([]);
      world.pass(1);
      await bob.send(signalTo("alice", 2, uuid(2)));
      expect(await bob.next()).toMatchObject(error(404, uuid(2)));
      expect(await alice.closed).toBe(4408);
      expect(world.ended).toMatchObject([{ clientId: "alice", reason: "timed-out" }]);
    },
  );

  it("[HB4] is closed an hour after it fell silent at the latest", async () => {
    const world = new PlainWorld({ evicts: true });
    const alice = await connect(world, "alice", LASTING);
    await pingFor(world, alice, 10 * 3_600_000);
    await world.advance(3_600_000);
    expect(world.ended).toMatchObject([{ clientId: "alice", reason: "timed-out" }]);
  });
});
