/**
 * When the hub's object must wake next, and whether it must report to its Ledger now: one pure function of its state
 * and the time. The Durable Object only arms the alarm and starts the report.
 */

/** Deadlines that fall together share one alarm: no two alarms come closer than this. */
export const MIN_ALARM_GAP_MS = 1000;

/** Counts live in memory. The platform puts an idle object to sleep after ten seconds, so they leave before that. */
export const REPORT_STATS_MS = 5000;

/** How long after an event the alarm checks that the Ledger has it: a reset may have ended the report. */
export const RETRY_REPORT_MS = 60_000;

/** What waits to be done. */
export interface HubWork {
  /** The earliest deadline that the hub knows; null: it knows none. */
  readonly sweepAtMs: number | null;
  /** Events wait that must reach the Ledger at once. Those in the outbox survive a reset. */
  readonly hasEvents: boolean;
  /** Counts or events are in memory, where sleep would lose them. */
  readonly hasStats: boolean;
  /** A report is under way. It keeps the object awake, and takes along whatever comes up meanwhile. */
  readonly isReporting: boolean;
  /** No report before this time: the Ledger could not be reached. */
  readonly retryAtMs: number;
}

/** What the object does about it. */
export interface Plan {
  /** When the object must wake at the latest; null: no alarm is needed. */
  readonly wakeAtMs: number | null;
  readonly startsReport: boolean;
}

/** What caused the plan. An alarm reports whatever waits: the next one may be an hour away. */
export type Cause = "event" | "alarm";

/** Never plans an alarm sooner than `MIN_ALARM_GAP_MS` from now. */
export function schedule(work: HubWork, nowMs: number, cause: Cause): Plan {
  const { sweepAtMs, hasEvents, hasStats, isReporting, retryAtMs } = work;
  const isDue = cause === "alarm" ? hasEvents || hasStats : hasEvents && nowMs >= retryAtMs;
  const startsReport = isDue && !isReporting;
  let wakeAtMs = Infinity;
  if (sweepAtMs !== null) wakeAtMs = Math.max(sweepAtMs, nowMs + MIN_ALARM_GAP_MS);
  if (hasEvents) wakeAtMs = Math.min(wakeAtMs, nowMs + RETRY_REPORT_MS);
  if (hasStats && !isReporting && !startsReport) {
    wakeAtMs = Math.min(wakeAtMs, nowMs + REPORT_STATS_MS);
  }
  return { wakeAtMs: wakeAtMs === Infinity ? null : wakeAtMs, startsReport };
}
