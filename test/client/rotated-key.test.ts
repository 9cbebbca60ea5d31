/** What a thousand clients cost a hub that refuses them: the real SDK on the plain world, in virtual time. */
import { describe, expect, it } from "vitest";
import { replayable, seedOfThisRun } from "../kernel/seed.ts";
import { ManyClients, OLD_KEY } from "./support/many-clients.ts";

const COUNT = 1_000;
const MINUTE_MS = 60_000;

const inMinute = (atMs: readonly number[], minute: number) =>
  atMs.filter((ms) => Math.floor(ms / MINUTE_MS) === minute).length;

async function begin(seed: number, canAsk: boolean): Promise<ManyClients> {
  const many = new ManyClients({ seed, count: COUNT, canAsk });
  for (const client of many.clients) client.connect().catch(() => {});
  await many.flow(1);
  return many;
}

describe("a thousand clients whose key was changed, at a hub that requires it at the upgrade", () => {
  it("cost less than 20 upgrades a second after five minutes if they cannot learn the reason, and are back once it is right again", () =>
    replayable(seedOfThisRun(), async (seed) => {
      const many = await begin(seed, false);
      await many.flow(7 * MINUTE_MS);
      expect(many.questionsAtMs).toEqual([]);
      for (const minute of [5, 6]) {
        const perSecond = inMinute(many.upgradesAtMs, minute) / 60;
        expect(perSecond).toBeLessThan(20);
        // They have not given up: the hub may only be misconfigured.
        expect(perSecond).toBeGreaterThan(5);
      }
      many.key = OLD_KEY;
      // Every fourth attempt of a long outage fails all the same, because it shows the key in CONNECT.
      await many.flow(7 * MINUTE_MS);
      expect(many.states).toEqual({ connected: COUNT });
    }));

  it("stop after two upgrades and one question each if they can", () =>
    replayable(seedOfThisRun(), async (seed) => {
      const many = await begin(seed, true);
      await many.flow(MINUTE_MS);
      expect(many.states).toEqual({ closed: COUNT });
      expect(many.questionsAtMs).toHaveLength(COUNT);
      // A third attempt may have begun before the answer was there.
      expect(many.upgradesAtMs.length).toBeLessThan(3 * COUNT);
      await many.flow(6 * MINUTE_MS);
      expect(inMinute(many.upgradesAtMs, 5) + inMinute(many.upgradesAtMs, 6)).toBe(0);
    }));
});
