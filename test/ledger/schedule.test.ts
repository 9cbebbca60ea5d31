/** When the Ledger wants to wake next: every case, on plain objects. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextWakeMs, type LedgerWork } from "../../src/ledger/schedule.ts";

const NOW_MS = 1_000_000;
const NOTHING: LedgerWork = {
  nowMs: NOW_MS,
  nextSummaryMs: null,
  nextDrainMs: [],
  hasFailed: false,
};

describe("nextWakeMs", () => {
  it("is null while nothing waits", () => {
    expect(nextWakeMs(NOTHING)).toBeNull();
    expect(nextWakeMs({ ...NOTHING, nextDrainMs: [null, null] })).toBeNull();
  });

  it.each<[string, Partial<LedgerWork>, number]>([
    ["a summary that is due later", { nextSummaryMs: NOW_MS + 60_000 }, 60_000],
    ["a drain that is due later", { nextDrainMs: [NOW_MS + 10_000] }, 10_000],
    ["the sink that is due first", { nextDrainMs: [null, NOW_MS + 9000, NOW_MS + 5000] }, 5000],
    [
      "whichever is due first",
      { nextSummaryMs: NOW_MS + 3000, nextDrainMs: [NOW_MS + 7000] },
      3000,
    ],
    ["a summary that is overdue", { nextSummaryMs: NOW_MS - 5000 }, 1000],
    ["a drain within the second", { nextDrainMs: [NOW_MS + 1] }, 1000],
    ["an alarm that failed", { hasFailed: true }, 10_000],
    [
      "an alarm that failed, although its work is overdue",
      { hasFailed: true, nextSummaryMs: NOW_MS - 5000 },
      10_000,
    ],
  ])("serves %s", (_, work, inMs) => {
    expect(nextWakeMs({ ...NOTHING, ...work })).toBe(NOW_MS + inMs);
  });

  it("is when the first thing is due, and at least a second away", () => {
    const atMs = fc.integer({ min: 0, max: 2 * NOW_MS });
    const dueMs = fc.option(atMs);
    fc.assert(
      fc.property(dueMs, fc.array(dueMs, { maxLength: 3 }), (nextSummaryMs, nextDrainMs) => {
        const wakeMs = nextWakeMs({ ...NOTHING, nextSummaryMs, nextDrainMs });
        const all = [nextSummaryMs, ...nextDrainMs].filter((each) => each !== null);
        const expected = Math.max(NOW_MS + 1000, Math.min(...all));
        expect(wakeMs).toBe(all.length === 0 ? null : expected);
      }),
    );
  });
});
