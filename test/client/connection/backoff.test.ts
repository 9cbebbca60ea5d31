/** The pause before a reconnect. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/client/connection/policy.ts";

const OPTIONS = { retryBaseMs: 500, retryMaxMs: 8_000, longRetryMaxMs: 180_000 };

describe("the pause before a reconnect", () => {
  it("has a ceiling that doubles with each failure, up to retryMaxMs", () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 2_000].map((failures) =>
      backoffMs(failures, 0, 1, OPTIONS),
    );
    expect(ceilings).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it("has a ceiling that grows with an outage of more than 32 seconds, up to longRetryMaxMs", () => {
    const ceilings = [0, 32_000, 40_000, 92_000, 212_000, Infinity].map((outageMs) =>
      backoffMs(9, outageMs, 1, OPTIONS),
    );
    expect(ceilings).toEqual([8_000, 8_000, 8_000, 60_000, 180_000, 180_000]);
  });

  it("is random, between zero and its ceiling", () => {
    expect(backoffMs(3, 0, 0, OPTIONS)).toBe(0);
    const random = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), random, (failures, chance) => {
        const pauseMs = backoffMs(failures, 0, chance, OPTIONS);
        expect(pauseMs).toBeGreaterThanOrEqual(0);
        expect(pauseMs).toBeLessThanOrEqual(OPTIONS.retryMaxMs);
      }),
    );
  });
});
