import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MIN_ALARM_GAP_MS,
  REPORT_STATS_MS,
  RETRY_REPORT_MS,
  isUnderWay,
  schedule,
  type HubWork,
  type Plan,
} from "../../src/hub/schedule.ts";

const NOW_MS = 1_000_000;

const IDLE: HubWork = {
  sweepAtMs: null,
  hasOutboxEvents: false,
  hasImmediateEvents: false,
  hasStats: false,
  immediateReportedAtMs: null,
  reportingSinceMs: null,
  reportFailedAtMs: null,
};

const past = fc.integer({ min: NOW_MS - 60_000, max: NOW_MS });
const work = fc.record<HubWork>({
  sweepAtMs: fc.option(fc.integer({ min: NOW_MS - 100_000, max: NOW_MS + 100_000 })),
  hasOutboxEvents: fc.boolean(),
  hasImmediateEvents: fc.boolean(),
  hasStats: fc.boolean(),
  immediateReportedAtMs: fc.option(past),
  reportingSinceMs: fc.option(past),
  reportFailedAtMs: fc.option(past),
});
const cause = fc.constantFrom("event" as const, "alarm" as const);

describe("the schedule of a hub", () => {
  it.each<[title: string, work: Partial<HubWork>, plan: Plan]>([
    ["sleeps when nothing waits", {}, { wakeAtMs: null, startsReport: false }],
    [
      "wakes at the next deadline",
      { sweepAtMs: NOW_MS + 90_000 },
      { wakeAtMs: NOW_MS + 90_000, startsReport: false },
    ],
    [
      "wakes a second later for a deadline that is over, so that alarms keep their distance",
      { sweepAtMs: NOW_MS - 5 },
      { wakeAtMs: NOW_MS + MIN_ALARM_GAP_MS, startsReport: false },
    ],
    [
      "reports events at once, and wakes a minute later in case a reset ends the report",
      { hasOutboxEvents: true },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
    [
      "lets counts gather for five seconds",
      { hasStats: true },
      { wakeAtMs: NOW_MS + REPORT_STATS_MS, startsReport: false },
    ],
    [
      "reports counts together with events",
      { hasOutboxEvents: true, hasStats: true },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
    [
      "starts no second report, and sets no alarm for counts that the first one will take",
      { hasStats: true, reportingSinceMs: NOW_MS - 29_999 },
      { wakeAtMs: null, startsReport: false },
    ],
    [
      "waits with events while the Ledger cannot be reached",
      { hasOutboxEvents: true, reportFailedAtMs: NOW_MS - 4999 },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: false },
    ],
    [
      "wakes in time for counts while the Ledger cannot be reached",
      { hasOutboxEvents: true, hasStats: true, reportFailedAtMs: NOW_MS - 4999 },
      { wakeAtMs: NOW_MS + REPORT_STATS_MS, startsReport: false },
    ],
    [
      "tries the Ledger again five seconds after a failure",
      { hasOutboxEvents: true, reportFailedAtMs: NOW_MS - 5000 },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
    [
      "reports the first immediate event at once",
      { hasImmediateEvents: true, hasStats: true },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
    [
      "lets immediate events gather for a second after a report of others",
      { hasImmediateEvents: true, hasStats: true, immediateReportedAtMs: NOW_MS - 999 },
      { wakeAtMs: NOW_MS + REPORT_STATS_MS, startsReport: false },
    ],
    [
      "reports immediate events again a second after a report of others",
      { hasImmediateEvents: true, hasStats: true, immediateReportedAtMs: NOW_MS - 1000 },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
    [
      "gives up a report that has been under way for thirty seconds",
      { hasOutboxEvents: true, reportingSinceMs: NOW_MS - 30_000 },
      { wakeAtMs: NOW_MS + RETRY_REPORT_MS, startsReport: true },
    ],
  ])("%s", (_title, some, plan) => {
    expect(schedule({ ...IDLE, ...some }, NOW_MS, "event")).toEqual(plan);
  });

  it("reports counts, too, when an alarm has woken the hub", () => {
    const plan = schedule({ ...IDLE, hasStats: true }, NOW_MS, "alarm");
    expect(plan).toEqual({ wakeAtMs: null, startsReport: true });
  });

  it("tries a Ledger that could not be reached again when an alarm has woken the hub", () => {
    const away = { ...IDLE, hasOutboxEvents: true, reportFailedAtMs: NOW_MS - 1 };
    expect(schedule(away, NOW_MS, "alarm").startsReport).toBe(true);
  });

  it("[HB4] [CO9] never misses a deadline, and never leaves an alarm in the past", () => {
    fc.assert(
      fc.property(work, cause, (state, why) => {
        const { wakeAtMs } = schedule(state, NOW_MS, why);
        if (state.sweepAtMs !== null) {
          expect(wakeAtMs).not.toBeNull();
          expect(wakeAtMs).toBeLessThanOrEqual(
            Math.max(state.sweepAtMs, NOW_MS + MIN_ALARM_GAP_MS),
          );
        }
        if (wakeAtMs !== null) expect(wakeAtMs).toBeGreaterThanOrEqual(NOW_MS + MIN_ALARM_GAP_MS);
      }),
    );
  });

  it("forgets nothing: whatever waits is being reported, or has an alarm that will report it", () => {
    fc.assert(
      fc.property(work, cause, (state, why) => {
        const { wakeAtMs, startsReport } = schedule(state, NOW_MS, why);
        const isReported = startsReport || isUnderWay(state.reportingSinceMs, NOW_MS);
        if (state.hasOutboxEvents) expect(wakeAtMs).toBeLessThanOrEqual(NOW_MS + RETRY_REPORT_MS);
        if (state.hasStats && !isReported) {
          expect(wakeAtMs).toBeLessThanOrEqual(NOW_MS + REPORT_STATS_MS);
        }
      }),
    );
  });

  it("sets no alarm and starts no report without a deadline, events or counts", () => {
    fc.assert(
      fc.property(work, cause, (state, why) => {
        const nothing = { hasOutboxEvents: false, hasImmediateEvents: false, hasStats: false };
        const idle = { ...state, ...nothing, sweepAtMs: null };
        expect(schedule(idle, NOW_MS, why)).toEqual({ wakeAtMs: null, startsReport: false });
      }),
    );
  });
});
