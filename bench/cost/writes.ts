/**
 * What the code writes, reads and calls, counted by hand from `src/worker`. `test/worker/cost.test.ts` runs the real objects
 * and holds these numbers to what SQLite and the platform's own methods say.
 */

/** Rows that one step writes, in the hub and in its Ledger; `setAlarm` is a row. */
export interface Step {
  readonly hubRows: number;
  readonly hubAlarmRows: number;
  readonly ledgerRows: number;
  /** Reports that reach the Ledger by RPC. */
  readonly reports: number;
  readonly why: string;
}

// One row a line, to be read down.
// oxfmt-ignore
export const STEPS = {
  connect: { hubRows: 4, hubAlarmRows: 1, ledgerRows: 3, reports: 1, why: "session, event in the outbox (a row, and AUTOINCREMENT's own), its deletion, alarm of the connect deadline; Ledger: session, progress, counters" },
  afterConnect: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "the alarm goes off: a sweep, and the alarm of the next deadline" },
  end: { hubRows: 4, hubAlarmRows: 1, ledgerRows: 3, reports: 1, why: "as connect; the alarm is a safety net for the report, set if none is due within a minute" },
  activity: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "the first frame since the last report: alarm in 5 s. More frames write nothing" },
  afterActivity: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 2, reports: 1, why: "the alarm goes off: the counts to the Ledger (progress, counters), the alarm of the next deadline; a sweep only if it is time, or after a wake" },
  sweep: { hubRows: 0, hubAlarmRows: 1, ledgerRows: 0, reports: 0, why: "nothing was counted: only the alarm of the next deadline" },
} as const satisfies Readonly<Record<string, Step>>;

/** An event on its way to Pub/Sub: written, deleted, and the counters after a publish. */
export const PUBLISH_ROWS = 3;

/** Where nothing was published just now, the Ledger sets its own alarm before it publishes: one row, and one alarm. */
export const PUBLISH_ALARM_ROWS = 1;

/** A hub's first start: three tables, the schema's version and the outbox's id. */
export const NEW_HUB_ROWS = 12;

/** The size of an empty hub's database. */
export const EMPTY_HUB_BYTES = 24_576;

/** Rows that a hub reads where it wakes: that it has tables, whose they are, and each session, to count them. */
export function rowsReadByWake(sessions: number): number {
  return sessions + 2;
}

/** A sweep compares every session with its socket. */
export function rowsReadBySweep(sessions: number): number {
  return sessions;
}
