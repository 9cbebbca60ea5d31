/** The parked events of all Ledgers as one list. */
import type { ParkedEventJson } from "../../admin/nouns.ts";
import { toTime } from "../../admin/schemas.ts";
import type { AdminParkedEvents } from "../../admin/service.ts";
import type { Config } from "../../config/keys.ts";
import type { ParkedEvent } from "../../ledger/ports.ts";
import { allLedgers } from "../all-ledgers.ts";
import { callAll, type CallObject } from "../object-calls.ts";
import type { Env } from "../services.ts";
import { firstOf } from "./merge.ts";

/** The most that `events.ledgers` allows. An id is `sequence * MAX_LEDGERS + ledger`, and so sorts by the sequence. */
const MAX_LEDGERS = 64;

export function parkedEventsOf(
  env: Env,
  config: Config,
  callObject: CallObject,
): AdminParkedEvents {
  const ledgers = allLedgers(env, config, callObject);
  return {
    async list({ after, limit }) {
      const pages = await callAll(
        ledgers.map(async (ledger, index) => {
          const afterSequence = lastSequenceUpTo(after, index);
          // One more than asked for shows whether there is a next page.
          const parked = await ledger.read((stub) => stub.parked(afterSequence, limit + 1));
          return parked.map((event) => toParkedEvent(event, index));
        }),
      );
      const { items, last } = firstOf(
        pages.flat().toSorted((a, b) => a.id - b.id),
        limit,
      );
      return { events: items, next: last?.id ?? null };
    },
    async retry(ids) {
      const counts = await callAll(
        ledgers.map((ledger, index) =>
          ledger.change((stub) => stub.retryParked(ids && sequencesOf(ids, index))),
        ),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

function toParkedEvent({ event, reason, parkedAtMs }: ParkedEvent, index: number): ParkedEventJson {
  return {
    id: event.sequence * MAX_LEDGERS + index,
    event_id: event.id,
    event_type: event.type,
    hub: event.hub,
    time: toTime(event.atMs),
    parked_at: toTime(parkedAtMs),
    reason,
    data: { ...event.data },
  };
}

/** The last sequence of this Ledger whose id is at most `id`. */
function lastSequenceUpTo(id: number, index: number): number {
  return Math.floor((id - index) / MAX_LEDGERS);
}

function sequencesOf(ids: readonly number[], index: number): number[] {
  return ids.filter((id) => id % MAX_LEDGERS === index).map((id) => (id - index) / MAX_LEDGERS);
}
