/**
 * When the hub's object must wake next, and whether it must report to its Ledger now: one pure function of its state
 * and the time. The Durable Object only arms the alarm and starts the report.
 */

/** Deadlines that fall together share one alarm: no two alarms come closer than this. */
export const MIN_ALARM_GAP_MS = 1000;

/** Counts live in memory. The platform puts an idle object to sleep after ten seconds, so they leave before that. */
export const REPORT_STATS_MS = 5000;

/** A Ledger that could not be reached is not tried again for every message that arrives. */
const RETRY_AFTER_FAILURE_MS = 5000;

/**
 * A client that signals invented ids causes an immediate event with every frame. The first is reported at once, and those
 * that follow wait this long, so that not every one is a report.
 */
const IMMEDIATE_GAP_MS = 1000;

/** A report that has been under way for so long will not come back. */
const MAX_REPORT_MS = 30_000;

/** How long after an event the alarm checks that the Ledger has it: a reset may have ended the report. */
export const RETRY_REPORT_MS = 60_000;

/** What waits to be done, and what was done last. Times are milliseconds since 1970; null: never, or none. */
export interface HubWork {
  /** The earliest deadline that the hub knows. */
  readonly sweepAtMs: number | null;
  /** Events wait in the outbox. They survive a reset, and must reach the Ledger at once. */
  readonly hasOutboxEvents: boolean;
  /** Events wait in memory that must reach the Ledger soon. */
  readonly hasImmediateEvents: boolean;
  /** Counts or events are in memory, where sleep would lose them. */
  readonly hasStats: boolean;
  /** When immediate events were reported last. */
  readonly immediateReportedAtMs: number | null;
  /** Since when a report is under way. It keeps the object awake, and takes along what comes up meanwhile. */
  readonly reportingSinceMs: number | null;
  /** When a report failed, if the last one did. */
  readonly reportFailedAtMs: number | null;
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
  const { sweepAtMs, hasStats } = work;
  const hasEvents = work.hasOutboxEvents || mayReportImmediate(work, nowMs);
  const isReporting = isUnderWay(work.reportingSinceMs, nowMs);
  const startsReport = !isReporting && isReportDue(work, hasEvents, nowMs, cause);
  let wakeAtMs = Infinity;
  if (sweepAtMs !== null) wakeAtMs = Math.max(sweepAtMs, nowMs + MIN_ALARM_GAP_MS);
  if (hasEvents) wakeAtMs = Math.min(wakeAtMs, nowMs + RETRY_REPORT_MS);
  if (hasStats && !isReporting && !startsReport) {
    wakeAtMs = Math.min(wakeAtMs, nowMs + REPORT_STATS_MS);
  }
  return { wakeAtMs: wakeAtMs === Infinity ? null : wakeAtMs, startsReport };
}

/** Whether a report that began then is still expected to end. */
export function isUnderWay(sinceMs: number | null, nowMs: number): boolean {
  return sinceMs !== null && nowMs - sinceMs < MAX_REPORT_MS;
}

function isReportDue(work: HubWork, hasEvents: boolean, nowMs: number, cause: Cause): boolean {
  if (cause === "alarm") return hasEvents || work.hasStats;
  const { reportFailedAtMs } = work;
  const mayTry = reportFailedAtMs === null || nowMs >= reportFailedAtMs + RETRY_AFTER_FAILURE_MS;
  return hasEvents && mayTry;
}

function mayReportImmediate(work: HubWork, nowMs: number): boolean {
  const { hasImmediateEvents, immediateReportedAtMs } = work;
  if (!hasImmediateEvents) return false;
  return immediateReportedAtMs === null || nowMs >= immediateReportedAtMs + IMMEDIATE_GAP_MS;
}
