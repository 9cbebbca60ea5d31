/**
 * Two negotiations over a bad link, in many random stories: once the link is whole again, both sides are stable, have the same
 * session, and want nothing. `NEGOTIATION_RUNS` sets how many stories, `NEGOTIATION_SEED` which are the first.
 */
import { describe, expect, it } from "vitest";
import { seedOfThisRun } from "../../kernel/seed.ts";
import { World } from "./negotiation-world.ts";

const RUNS = Number(process.env["NEGOTIATION_RUNS"] ?? 10_000);
const SEED = Number(process.env["NEGOTIATION_SEED"] ?? seedOfThisRun());

describe("two negotiations", () => {
  it(`agree after every story: ${RUNS} from NEGOTIATION_SEED=${SEED}`, { timeout: 3_600_000 }, () => {
    const wrong: Record<string, number> = {};
    let n = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
      const fault = new World(seed).play();
      if (fault !== null) { (n += 1) < 4 && console.log(seed, fault); wrong[fault] = (wrong[fault] ?? 0) + 1; }
    }
    expect(wrong).toEqual({});
  });
});
