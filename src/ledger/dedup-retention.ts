/** How long the Ledger remembers what it took from an outbox, so that it takes nothing twice: which cursors go, and when. */
import { clientOfHub, isPerClientHub, PER_CLIENT_PREFIX } from "../hub/placement.ts";
import type { LedgerStores, SessionIndex } from "./ports.ts";

/**
 * A hub repeats a report until it learns that it was taken: within seconds, or at its alarm within a minute. So an outbox
 * that has not reported for this long has nothing to repeat, unless its hub could not run, or not reach the Ledger, all day.
 */
export const OUTBOX_RETENTION_MS = 86_400_000;

/** With two checks per new outbox the scan has checked every outbox by the time that their number has doubled. */
const CHECKS_PER_NEW_OUTBOX = 2;

/**
 * To be called for each new outbox. Prunes the hub's other outboxes that were idle for a day, and makes the Ledger check the
 * next two hubs of single clients in key order; returns where that scan then stands. Hubs that clients share stay: they are
 * as few as the configuration says. The hub of a client with a session stays, too: it still has to report the end of the
 * session, and if it was away all day it may begin with what was taken before.
 */
export function pruneIdleOutboxes(
  { cursors, sessions }: Pick<LedgerStores, "cursors" | "sessions">,
  hub: string,
  pruneCursor: string,
  nowMs: number,
): string {
  const sinceMs = nowMs - OUTBOX_RETENTION_MS;
  cursors.prune(hub, sinceMs);
  let at = pruneCursor;
  for (let checks = 0; checks < CHECKS_PER_NEW_OUTBOX; checks += 1) {
    const next = cursors.hubAfter(at === "" ? PER_CLIENT_PREFIX : at);
    if (next === undefined || !isPerClientHub(next)) return "";
    if (!hasSession(sessions, next)) cursors.prune(next, sinceMs);
    at = next;
  }
  return at;
}

function hasSession(sessions: SessionIndex, hub: string): boolean {
  const client = clientOfHub(hub);
  return client !== null && sessions.find(client)?.hub === hub;
}
