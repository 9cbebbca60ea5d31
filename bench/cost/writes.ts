/**
 * What the code writes, reads and calls, counted by hand from `src/worker`. `test/worker/cost.test.ts` runs the real objects
 * and compares these numbers with what SQLite and the platform's own methods report.
 */

/** Rows that one step writes in the hub and in its Ledger. `setAlarm` is billed as a row. */
export interface Step {
  readonly hubRows: number;
  readonly hubAlarmRows: number;
  readonly ledgerRows: number;
  /** Reports that the hub sends to the Ledger by RPC. */
  readonly reports: number;
  readonly why: string;
}

// One row per line, so that columns can be compared.
// oxfmt-ignore
export const STEPS = {
  connect: { hubRows: 4, hubAlarmRows: 1, ledgerRows: 3, reports: 1, why: "the session, its event in the outbox (a row, and one that AUTOINCREMENT writes), the event's deletion, and the alarm of the connect deadline; in the Ledger the session, the outbox cursor and the counters" },
  afterConnect: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "the alarm fires: a sweep, and the alarm of the next deadline" },
  end: { hubRows: 4, hubAlarmRows: 1, ledgerRows: 3, reports: 1, why: "as for connect; the alarm is a safety net for the report, and is set if none is due within a minute" },
  activity: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "the first frame since the last report sets an alarm in 5 s; further frames write nothing" },
  afterActivity: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 2, reports: 1, why: "the alarm fires: the counts go to the Ledger (outbox cursor, counters), and the alarm of the next deadline is set; a sweep only if one is due, or after a wake" },
  sweep: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "nothing was counted, so only the alarm of the next deadline is set" },
} as const satisfies Readonly<Record<string, Step>>;

/** An event for Pub/Sub is written and deleted, and the counters are written after a publish. */
export const PUBLISH_ROWS = 3;

/** If no alarm is set, the Ledger sets its own before it publishes: one row, and one alarm that fires. */
export const PUBLISH_ALARM_ROWS = 1;

/** A hub's first start makes its tables. This is an upper bound, because `rowsWritten` reports only a part. */
export const NEW_HUB_ROWS = 12;

/** The size of an empty hub's database, in bytes. */
export const EMPTY_HUB_BYTES = 24_576;

/** Rows that a hub reads when it wakes: whether it has tables, its own name, and every session, to count them. */
export function rowsReadByWake(sessions: number): number {
  return sessions + 2;
}

/** A sweep reads every session, to compare it with its socket. */
export function rowsReadBySweep(sessions: number): number {
  return sessions;
}
