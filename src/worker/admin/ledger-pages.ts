/** Lists out of several Ledgers, as one: each gives a page, and what comes first in all of them is the page. */
import type {
  AdminParkedEvents,
  Page,
  ParkedEvent,
  SessionsQuery,
  SessionSummary,
} from "../../admin/ports.ts";
import type { Config } from "../../config/keys.ts";
import type { ParkedEvent as LedgerParkedEvent } from "../../ledger/ports.ts";
import type { Env } from "../env.ts";
import { allLedgers } from "../ledgers.ts";

export async function listSessions(
  env: Env,
  config: Config,
  { prefix, after, limit }: SessionsQuery,
): Promise<Page<SessionSummary, string>> {
  // One more than asked for says whether there is a next page.
  const pages = await Promise.all(
    allLedgers(env, config).map((ledger) => ledger.sessions(prefix, after, limit + 1)),
  );
  const all = pages.flat().toSorted((a, b) => compareUtf8(a.clientId, b.clientId));
  return pageOf(all, limit, ({ clientId }) => clientId);
}

export function parkedEventsOf(env: Env, config: Config): AdminParkedEvents {
  const ledgers = allLedgers(env, config);
  return {
    async list({ after, limit }) {
      const pages = await Promise.all(
        ledgers.map(async (ledger, index) => {
          const parked = await ledger.parked(sequenceBefore(after, index), limit + 1);
          return parked.map((event) => toParked(event, index));
        }),
      );
      const all = pages.flat().toSorted((a, b) => a.id - b.id);
      return pageOf(all, limit, ({ id }) => id);
    },
    async retry(ids) {
      const counts = await Promise.all(
        ledgers.map((ledger, index) => ledger.retryParked(ids && sequencesOf(ids, index))),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

function pageOf<Item, Key>(
  all: readonly Item[],
  limit: number,
  keyOf: (item: Item) => Key,
): Page<Item, Key> {
  const items = all.slice(0, limit);
  const last = items.at(-1);
  return { items, next: all.length > limit && last !== undefined ? keyOf(last) : null };
}

/** As many Ledgers as `events.ledgers` allows. An id says which Ledger's sequence it is, and sorts by the sequence. */
const MAX_LEDGERS = 64;

function toParked({ event, reason, parkedAtMs }: LedgerParkedEvent, index: number): ParkedEvent {
  const { id: eventId, sequence, type, hub, atMs, data } = event;
  const id = sequence * MAX_LEDGERS + index;
  return { id, eventId, type, hub, atMs, parkedAtMs, reason, data: { ...data } };
}

/** The last sequence of a Ledger whose id is not behind `id`. */
function sequenceBefore(id: number, index: number): number {
  return Math.floor((id - index) / MAX_LEDGERS);
}

function sequencesOf(ids: readonly number[], index: number): number[] {
  return ids.filter((id) => id % MAX_LEDGERS === index).map((id) => (id - index) / MAX_LEDGERS);
}

/** SQLite's order of texts: by their bytes, which is by code points. */
function compareUtf8(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (const [at, character] of left.entries()) {
    const other = right[at];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
