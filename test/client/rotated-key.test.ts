/** What a thousand clients cost a hub that refuses them: the real SDK on the plain world, in virtual time. */
import { describe, expect, it } from "vitest";
import { replayable, seedOfThisRun } from "../kernel/seed.ts";
import { ManyClients, OLD_KEY, type ManyOptions } from "./support/many-clients.ts";

const COUNT = 1_000;
const MINUTE_MS = 60_000;

const inMinute = (atMs: readonly number[], minute: number) =>
  atMs.filter((ms) => Math.floor(ms / MINUTE_MS) === minute).length;

/** A loaded machine needs a while for the four hundred thousand events of a world. */
const PATIENCE = { timeout: 120_000 };

async function begin(options: ManyOptions): Promise<ManyClients> {
  const many = new ManyClients(options);
  for (const client of many.clients) client.connect().catch(() => {});
  await many.flow(1);
  return many;
}

describe("a thousand clients whose key was changed, at a hub that requires it at the upgrade", () => {
  it(
    "cost less than 20 upgrades a second after five minutes if they cannot learn the reason",
    PATIENCE,
    () =>
      replayable(seedOfThisRun(), async (seed) => {
        const many = await begin({ seed, count: COUNT, canAsk: false });
        await many.flow(7 * MINUTE_MS);
        expect(many.questionsAtMs).toEqual([]);
        for (const minute of [5, 6]) {
          const perSecond = inMinute(many.upgradesAtMs, minute) / 60;
          expect(perSecond).toBeLessThan(20);
          // They have not given up: the hub may only be misconfigured.
          expect(perSecond).toBeGreaterThan(5);
        }
      }),
  );

  it("stop after two upgrades and one question each if they can", PATIENCE, () =>
    replayable(seedOfThisRun(), async (seed) => {
      const many = await begin({ seed, count: COUNT, canAsk: true });
      await many.flow(MINUTE_MS);
      expect(many.states).toEqual({ closed: COUNT });
      expect(many.questionsAtMs).toHaveLength(COUNT);
      // A third attempt may have begun before the answer was there.
      expect(many.upgradesAtMs.length).toBeLessThan(3 * COUNT);
      await many.flow(6 * MINUTE_MS);
      expect(inMinute(many.upgradesAtMs, 5) + inMinute(many.upgradesAtMs, 6)).toBe(0);
    }),
  );

  it("are back within two long pauses once the key is right again", PATIENCE, () =>
    replayable(seedOfThisRun(), async (seed) => {
      const count = 50;
      const many = await begin({ seed, count, canAsk: false });
      await many.flow(7 * MINUTE_MS);
      many.key = OLD_KEY;
      // Every fourth attempt of a long outage fails all the same, because it shows the key in CONNECT.
      await many.flow(6.5 * MINUTE_MS);
      expect(many.states).toEqual({ connected: count });
    }),
  );
});
