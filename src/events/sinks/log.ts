/** The sink `log`: one log line per event. How a line is formatted, and where it is written, is the caller's `write`. */
import type { StoredEvent } from "../event-types.ts";
import type { Sink } from "./sink.ts";

/** The fields of a line: the event's envelope and its data. */
export type EventFields = Readonly<Record<string, string | number | null>>;

/** Every event of one commit is one batch. */
const MAX_BATCH_EVENTS = Number.MAX_SAFE_INTEGER;

/** `write` MUST NOT throw. */
export function createLogSink(write: (fields: EventFields) => void): Sink {
  return {
    name: "log",
    // A line that is lost in a crash is not worth two rows written per event.
    delivery: "immediate",
    maxBatchEvents: MAX_BATCH_EVENTS,
    batch: (head) => ({
      events: head.length,
      publish() {
        for (const event of head) write(fieldsOf(event));
        return Promise.resolve({ kind: "published" });
      },
    }),
  };
}

function fieldsOf({ id, hub, type, atMs, data }: StoredEvent): EventFields {
  return { id, hub, type, at: new Date(atMs).toISOString(), ...data };
}
