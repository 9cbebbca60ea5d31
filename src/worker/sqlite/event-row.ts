/** An event as a row of SQLite. The partition is not among these columns: a row of the queue has its own, and a parked event has that of its hub. */
import type { EventBody, StoredEvent } from "../../events/event-types.ts";

export type EventRow = {
  hub: string;
  sequence: number;
  id: string;
  at_ms: number;
  type: string;
  data: string;
};

/** In the order of the columns above. */
export function toBindings(event: StoredEvent): [string, number, string, number, string, string] {
  const { hub, sequence, id, atMs, type, data } = event;
  return [hub, sequence, id, atMs, type, JSON.stringify(data)];
}

export function fromRow(row: EventRow, partition: string): StoredEvent {
  const { hub, sequence, id, at_ms: atMs, type, data } = row;
  // Only `toBindings` writes rows: type and data are an event's.
  const body = { type, data: JSON.parse(data) } as EventBody;
  return { ...body, hub, partition, sequence, id, atMs };
}
