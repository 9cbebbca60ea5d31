/** How long the Ledger remembers what it took of an outbox, so as not to take it twice. Decides what is forgotten, and when. */
import { clientOfHub, isPerClientHub, PER_CLIENT_PREFIX } from "../hub/placement.ts";
import type { LedgerStores, SessionIndex } from "./ports.ts";

/**
 * A hub reports the same again until it hears that it was taken: within seconds, or at its alarm within a minute. Each time
 * it is heard of, so an outbox that was silent for so long has nothing under way, unless its hub could not run, or not reach
 * the Ledger, all that time.
 */
export const OUTBOX_MEMORY_MS = 86_400_000;

/** Two for each that is new: when there are twice as many outboxes, the walk has seen each of them. */
const LOOKS_A_NEW_OUTBOX = 2;

/**
 * For an outbox that is new: forgets what was silent for a day, of the hub's older outboxes and of those that come next in a
 * walk over the hubs of single clients. Returns where the walk is then. Other hubs stay: they are as few as the configuration
 * says. So does the hub of a client with a session, whose end is yet to be told: a hub that was away all that time may
 * begin with what was taken before.
 */
export function pruneIdleOutboxes(
  { progress, sessions }: Pick<LedgerStores, "progress" | "sessions">,
  hub: string,
  walkedTo: string,
  nowMs: number,
): string {
  const sinceMs = nowMs - OUTBOX_MEMORY_MS;
  progress.forget(hub, sinceMs);
  let at = walkedTo;
  for (let looks = 0; looks < LOOKS_A_NEW_OUTBOX; looks += 1) {
    const next = progress.hubAfter(at === "" ? PER_CLIENT_PREFIX : at);
    if (next === undefined || !isPerClientHub(next)) return "";
    if (!hasSession(sessions, next)) progress.forget(next, sinceMs);
    at = next;
  }
  return at;
}

function hasSession(sessions: SessionIndex, hub: string): boolean {
  const client = clientOfHub(hub);
  return client !== null && sessions.find(client)?.hub === hub;
}
