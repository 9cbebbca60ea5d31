/** When the Ledger wants to wake next, and for what. A pure function of what waits and of now: the object only sets the alarm. */
import { MIN_ALARM_GAP_MS } from "../hub/schedule.ts";

/** What waits in a Ledger. Times in milliseconds since 1970; null: nothing of the kind waits. */
export interface LedgerWork {
  readonly nowMs: number;
  /** When the counts of a minute become an event (`Ledger.nextSummaryMs`). */
  readonly nextSummaryMs: number | null;
  /** When each stored sink's dispatcher wants to drain (`Dispatcher.nextDrainMs`). */
  readonly nextDrainMs: readonly (number | null)[];
  /** The last attempt to do what is due failed. */
  readonly hasFailed: boolean;
}

/** When to try again what failed. */
const RETRY_MS = 10_000;

/** null: nothing waits, and no alarm is needed. Never at once: a second from now at the earliest. */
export function nextWakeMs(work: LedgerWork): number | null {
  const { nowMs, nextSummaryMs, nextDrainMs, hasFailed } = work;
  // What failed is still due. Waking for it each second would only fail each second.
  if (hasFailed) return nowMs + RETRY_MS;
  const dueMs = [nextSummaryMs, ...nextDrainMs].filter((atMs) => atMs !== null);
  if (dueMs.length === 0) return null;
  return Math.max(Math.min(...dueMs), nowMs + MIN_ALARM_GAP_MS);
}
