import { describe, expect, it } from "vitest";
import { replayable, seedOfThisRun } from "./seed.ts";

describe("the seed of a run", () => {
  it("is the one in the environment, else a new one", () => {
    expect(seedOfThisRun({ TEST_SEED: "42" })).toBe(42);
    const seeds = new Set(Array.from({ length: 10 }, () => seedOfThisRun({})));
    expect(seeds.size).toBeGreaterThan(1);
    expect(() => seedOfThisRun({ TEST_SEED: "x" })).toThrow('must be a whole number, got "x"');
  });

  it("begins the message of a failure, with the variable that replays it", async () => {
    const failing = replayable(42, () => {
      throw new Error("two answers");
    });
    await expect(failing).rejects.toThrow("seed 42 (TEST_SEED=42 replays it): two answers");
  });
});
