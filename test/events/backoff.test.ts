/** How long a failed publish waits. */
import { describe, expect, it } from "vitest";
import { retryDelayMs } from "../../src/events/backoff.ts";

const most = () => 1;
const least = () => 0;

describe("retryDelayMs", () => {
  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [6, 32_000],
    [7, 60_000],
    [8, 60_000],
    [5000, 60_000],
  ])("spreads the pause after failure %i from zero to %i ms", (tries, ceilingMs) => {
    expect(retryDelayMs(tries, null, most)).toBe(ceilingMs);
    expect(retryDelayMs(tries, null, () => 0.25)).toBe(ceilingMs / 4);
    expect(retryDelayMs(tries, null, least)).toBe(0);
  });

  it("returns no less than the answer asked for", () => {
    expect(retryDelayMs(1, 30_000, most)).toBe(30_000);
    expect(retryDelayMs(7, 30_000, most)).toBe(60_000);
    expect(retryDelayMs(7, 30_000, least)).toBe(30_000);
  });

  it("returns ten minutes at most, whatever the answer asked for", () => {
    expect(retryDelayMs(1, 365 * 86_400_000, most)).toBe(600_000);
  });
});
