/**
 * Two negotiations over a bad link, in many random stories: once the link is whole again, both sides are stable, have the same
 * session, and want nothing. `NEGOTIATION_RUNS` sets how many stories, `NEGOTIATION_SEED` which are the first.
 */
import { describe, expect, it } from "vitest";
import { Negotiation } from "../../../src/client/peer/negotiation.ts";
import { seedOfThisRun } from "../../kernel/seed.ts";
import { MachineBefore } from "./machine-before.ts";
import { World, type WorldOptions } from "./negotiation-world.ts";

const RUNS = Number(process.env["NEGOTIATION_RUNS"] ?? 10_000);
const SEED = Number(process.env["NEGOTIATION_SEED"] ?? seedOfThisRun());

/** A million stories take two minutes. */
const PATIENCE_MS = 3_600_000;

/** How many stories end in a fault, and the seed of the first. */
function play(runs: number, options?: WorldOptions): { faults: number; first: string | null } {
  let faults = 0;
  let first: string | null = null;
  for (let seed = SEED; seed < SEED + runs; seed += 1) {
    const fault = new World(seed, options).play();
    if (fault === null) continue;
    faults += 1;
    first ??= `NEGOTIATION_SEED=${seed} NEGOTIATION_RUNS=1: ${fault}`;
  }
  return { faults, first };
}

/** Nothing goes wrong: messages only take their time. */
const CALM = {
  flaps: false,
  steps: false,
  calls: false,
  renewals: false,
  refusals: false,
  poison: false,
};

function makeBefore(isPolite: boolean, newId: () => string): MachineBefore {
  return new MachineBefore(isPolite, newId);
}

describe("two negotiations", () => {
  it(
    `agree after each of ${RUNS} stories from NEGOTIATION_SEED=${SEED}`,
    { timeout: PATIENCE_MS },
    () => {
      expect(play(RUNS)).toEqual({ faults: 0, first: null });
    },
  );

  it("never take back an offer where no message is lost and no step fails", () => {
    let rollbacks = 0;
    for (let seed = SEED; seed < SEED + 2_000; seed += 1) {
      const world = new World(seed, { mode: CALM });
      expect(world.play()).toBeNull();
      ({ rollbacks } = world);
      if (rollbacks > 0) break;
    }
    expect(rollbacks).toBe(0);
  });
});

describe("the world of the stories", () => {
  it("finds the fault of the rules before: an answer that is lost while the other side offers", () => {
    const mode = { ...CALM, flaps: true };
    expect(play(2_000, { make: makeBefore, mode }).faults).toBeGreaterThan(0);
  });
});

describe("a negotiation and one by the rules before", () => {
  it.each([
    ["polite", true],
    ["impolite", false],
  ])("agree over a link that loses nothing: the %s side is new", (_, isNewPolite) => {
    const make = (isPolite: boolean, newId: () => string) =>
      isPolite === isNewPolite ? new Negotiation(isPolite, newId) : makeBefore(isPolite, newId);
    expect(play(2_000, { make, mode: CALM })).toEqual({ faults: 0, first: null });
  });
});
