/** What the Ledger derives from events and results: the index of live sessions, and the numbers of /metrics. */
import type { PublishResult } from "../events/dispatcher.ts";
import type { NewEvent } from "../events/event-types.ts";
import { Counters, histogramSlotsOf, slotOf, slotsOf, type Slot } from "../metrics/counters.ts";
import type { Sample } from "../metrics/samples.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Measured } from "./contract.ts";
import type { LedgerStores, SessionIndex } from "./ports.ts";

const ENDED: Readonly<Record<string, Slot>> = slotsOf("signal_manager_sessions_ended_total");
const DURATION = histogramSlotsOf("signal_manager_session_duration_seconds");
const REQUESTS = slotsOf("signal_manager_publish_requests_total");
const PUBLISHED = slotOf("signal_manager_events_published_total");

/** Brings the index up to date with an event of the hub. */
export function indexSession(sessions: SessionIndex, hub: string, { atMs, body }: NewEvent): void {
  if (body.type === "client.connected") {
    const { client_id, session_id: sessionId } = body.data;
    // The hub has parsed it: a session has no other.
    const clientId = client_id as ClientId;
    sessions.put({ clientId, sessionId, hub, connectedAtMs: atMs });
  } else if (body.type === "client.disconnected") {
    sessions.remove(body.data.client_id as ClientId, body.data.session_id);
  }
}

/** What an event adds to the counters. */
export function samplesOfEvent({ body }: NewEvent): readonly Sample[] {
  if (body.type !== "client.disconnected") return [];
  const counters = new Counters();
  // A hub of a later release may report a reason that this one does not know.
  const ended = ENDED[body.data.reason];
  if (ended !== undefined) counters.count(ended);
  counters.observe(DURATION, body.data.duration_ms / 1000);
  return counters.take();
}

/** What a publish request adds to the counters. */
export function samplesOfPublish({ events, outcome }: PublishResult): readonly Sample[] {
  const counters = new Counters();
  counters.count(REQUESTS[outcome]);
  if (outcome === "published") counters.count(PUBLISHED, events);
  return counters.take();
}

export function measure(stores: LedgerStores, nowMs: number): Measured {
  const { sessions, queue, parked, state } = stores;
  const oldestMs = queue.oldestAtMs() ?? nowMs;
  return {
    samples: state.read()?.samples ?? {},
    gauges: {
      signal_manager_sessions: sessions.count,
      signal_manager_events_queued: queue.count,
      signal_manager_events_parked: parked.count,
      // The clock may have been set back since.
      signal_manager_events_oldest_age_seconds: Math.max(0, nowMs - oldestMs) / 1000,
    },
  };
}
