import { describe, expect, expectTypeOf, it } from "vitest";
import {
  clientOf,
  eventRow,
  EVENTS,
  type EventBody,
  type EventData,
  type EventType,
  type StoredEvent,
} from "../../src/events/event-types.ts";
import { connected } from "../support/events.ts";

// Object.keys widens to string; these are the table's own.
const TYPES = Object.keys(EVENTS) as EventType[];

const IS_TYPE = {
  string: (value: unknown) => typeof value === "string",
  "string | null": (value: unknown) => value === null || typeof value === "string",
  integer: (value: unknown) => Number.isSafeInteger(value),
  "integer | null": (value: unknown) => value === null || Number.isSafeInteger(value),
  time: (value: unknown) => typeof value === "string" && new Date(value).toISOString() === value,
};

describe("The table of events", () => {
  it.each(TYPES)("has an example with exactly the fields of %s, each of its type", (type) => {
    const { fields, example } = eventRow(type);
    expect(Object.keys(example)).toEqual(Object.keys(fields));
    const wrong = Object.entries(fields).filter(
      ([name, field]) => !IS_TYPE[field.type](example[name]),
    );
    expect(wrong).toEqual([]);
  });

  it.each(TYPES)("names the client that %s is about by a field it has", (type) => {
    const { about, fields } = eventRow(type);
    if (about !== null) expect(fields[about]?.type).toBe("string");
  });

  it("publishes every type but signal.delivered by default", () => {
    expect(TYPES.filter((type) => !eventRow(type).byDefault)).toEqual(["signal.delivered"]);
  });
});

describe("clientOf", () => {
  it("returns the client of a session, or the source of a signal", () => {
    expect(clientOf(connected("alice"))).toBe("alice");
    const { example } = EVENTS["signal.undelivered"];
    expect(clientOf({ type: "signal.undelivered", data: example })).toBe("alice");
  });

  it("returns null for what is counted for a whole hub", () => {
    const { example } = EVENTS.rate_limited;
    expect(clientOf({ type: "rate_limited", data: example })).toBeNull();
  });
});

it("The compiler knows the fields of every event and their types", () => {
  expectTypeOf<EventData<"client.disconnected">>().toEqualTypeOf<{
    readonly client_id: string;
    readonly session_id: string;
    readonly reason: string;
    readonly duration_ms: number;
    readonly message_count: number | null;
  }>();
  expectTypeOf<EventData<"signal.undelivered">["target_client_id"]>().toEqualTypeOf<
    string | null
  >();
  expectTypeOf<StoredEvent["type"]>().toEqualTypeOf<EventType>();
  expectTypeOf<Extract<StoredEvent, { type: "rate_limited" }>["data"]>().toEqualTypeOf<
    EventData<"rate_limited">
  >();
  // @ts-expect-error -- the data of another type
  const mixed: EventBody = { type: "rate_limited", data: connected("alice").data };
  expect(mixed).toBeDefined();
});
