/** Sample events, and the messages made of them. */
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
  place: Partial<Pick<StoredEvent, "hub" | "partition" | "sequence" | "id">> = {},
): StoredEvent {
  const { hub = "main", sequence = 1 } = place;
  const { partition = partitionOf(hub), id = `${hub}-${sequence}` } = place;
  return { ...body, id, hub, partition, sequence, atMs: EVENT_AT_MS };
}

/** Hubs of single clients, all in the partition `clients-7`. */
export function hubsOfOnePartition(count: number): string[] {
  const hubs: string[] = [];
  for (let n = 0; hubs.length < count; n += 1) {
    const hub = `client:device-${n}`;
    if (partitionOf(hub) === "clients-7") hubs.push(hub);
  }
  return hubs;
}

/** Events of one hub, in order: `main-1`, `main-2` … */
export function someEvents(count: number, hub = "main", first = 1): StoredEvent[] {
  return Array.from({ length: count }, (_, at) =>
    stored(connected(`client-${first + at}`), { hub, sequence: first + at }),
  );
}

/** The messages of `someEvents`. */
export function someMessages(count: number, hub = "main", first = 1): PubsubMessage[] {
  return someEvents(count, hub, first).map(toPubsubMessage);
}
