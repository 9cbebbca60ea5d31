/** A short run of `npm run flaps`: the hub goes and comes while both sides of a call renegotiate. */
import { describe, expect, it, onTestFinished } from "vitest";
import { replayable, seedOfThisRun } from "../kernel/seed.ts";
import { findChromium } from "../support/browser-find.ts";
import { runRounds } from "./flaps/rounds.ts";
import { Stage } from "./flaps/stage.ts";

const FLAPS = 8;

describe.skipIf(findChromium() === null)("a call of two pages", () => {
  it("[SE5] is whole again after each flap of the hub, with every wish of both sides met", async () => {
    const stage = await Stage.set(["chromium", "chromium"]);
    onTestFinished(() => stage.end());
    const stuck: string[] = [];
    await replayable(seedOfThisRun(), async (seed) => {
      await runRounds(stage, {
        flaps: FLAPS,
        seed,
        patienceMs: 30_000,
        onStuck: (round, faults, story) => stuck.push(`round ${round}`, ...faults, ...story),
        // One stuck call says enough, and takes long.
        maxStuck: 1,
      });
      expect(stuck).toEqual([]);
    });
  });
});
