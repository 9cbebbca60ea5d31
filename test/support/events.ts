/** Events and their messages, made up. */
import { toPubsubMessage, type PubsubMessage } from "../../src/events/sinks/pubsub/cloud-event.ts";
import type { EventBody, StoredEvent } from "../../src/events/event-types.ts";
import { partitionOf } from "../../src/ledger/partition.ts";

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
  place: Partial<Pick<StoredEvent, "hub" | "line" | "sequence" | "id">> = {},
): StoredEvent {
  const { hub = "main", line = partitionOf(hub), sequence = 1, id = `${hub}-${sequence}` } = place;
  return { ...body, id, hub, line, sequence, atMs: EVENT_AT_MS };
}

/** Hubs of so many clients, all of one line. */
export function hubsOfOneLine(count: number): string[] {
  const hubs: string[] = [];
  for (let n = 0; hubs.length < count; n += 1) {
    const hub = `client:device-${n}`;
    if (partitionOf(hub) === "clients-7") hubs.push(hub);
  }
  return hubs;
}

/** Of one hub, in order: `main-1`, `main-2` … */
export function someMessages(count: number, hub = "main", first = 1): PubsubMessage[] {
  return Array.from({ length: count }, (_, at) =>
    toPubsubMessage(stored(connected(`client-${first + at}`), { hub, sequence: first + at })),
  );
}
