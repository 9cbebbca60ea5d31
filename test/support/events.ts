/** Events and their messages, made up. */
import { toPubsubMessage, type PubsubMessage } from "../../src/events/cloud-event.ts";
import type { EventBody, StoredEvent } from "../../src/events/event-types.ts";

/** 2026-11-23T06:00:00.000Z */
export const EVENT_AT_MS = 1_795_413_600_000;

export function connected(clientId: string): EventBody {
  return {
    type: "client.connected",
    data: {
      client_id: clientId,
      session_id: "3f0c9a52-5d0e-4c4e-9d5a-0d7f4f0b6a11",
      connected_at: new Date(EVENT_AT_MS).toISOString(),
    },
  };
}

export function stored(
  body: EventBody,
  place: { readonly hub?: string; readonly sequence?: number; readonly id?: string } = {},
): StoredEvent {
  const { hub = "main", sequence = 1, id = `${hub}-${sequence}` } = place;
  return { ...body, id, hub, sequence, atMs: EVENT_AT_MS };
}

/** Of one hub, in order: `main-1`, `main-2` … */
export function someMessages(count: number, hub = "main", first = 1): PubsubMessage[] {
  return Array.from({ length: count }, (_, at) =>
    toPubsubMessage(stored(connected(`client-${first + at}`), { hub, sequence: first + at })),
  );
}
