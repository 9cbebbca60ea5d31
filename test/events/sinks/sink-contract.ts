/** What `src/events/sinks/sink.ts` demands of every sink. Each sink's test runs this suite. */
import { describe, expect, it } from "vitest";
import { EVENTS, type EventBody, type EventType } from "../../../src/events/event-types.ts";
import type { StoredEvent } from "../../../src/events/event-types.ts";
import type { PublishOutcome, Sink } from "../../../src/events/sinks/sink.ts";
import { someEvents, stored } from "../../support/events.ts";

export interface SinkUnderTest {
  readonly sink: Sink;
  /** The ids of the events that have arrived outside, in the order of their arrival. */
  readonly arrived: () => Promise<readonly string[]>;
  /** Publishes fail from now on, in each of the ways there are. Empty: the sink cannot fail. */
  readonly failures: readonly {
    readonly what: string;
    readonly begin: () => Promise<void> | void;
  }[];
  readonly dispose: () => Promise<void> | void;
}

/** `open` makes a sink that works, and nothing has arrived yet. */
export function describeSink(name: string, open: () => Promise<SinkUnderTest>): void {
  const using = (use: (under: SinkUnderTest) => Promise<void>) => async () => {
    const under = await open();
    try {
      await use(under);
    } finally {
      await under.dispose();
    }
  };

  describe(`The sink ${name}`, () => {
    describeBatches(using);
    describePublishing(using);
  });
}

type Using = (use: (under: SinkUnderTest) => Promise<void>) => () => Promise<void>;

function describeBatches(using: Using): void {
  it(
    "has one name, one way of delivery and one bound for good",
    using(async ({ sink }) => {
      const law = () => [sink.name, sink.delivery, sink.maxBatchEvents];
      const before = law();
      await sink.batch(someEvents(3)).publish();
      expect(law()).toEqual(before);
      expect(sink.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(["stored", "immediate"]).toContain(sink.delivery);
      expect(sink.maxBatchEvents).toBeGreaterThanOrEqual(1);
    }),
  );

  it(
    "puts a beginning of the head into a batch, and publishes nothing until `publish` is called",
    using(async ({ sink, arrived }) => {
      for (const count of [1, 2, 500]) {
        const { events } = sink.batch(someEvents(count));
        expect(events).toBeGreaterThanOrEqual(1);
        expect(events).toBeLessThanOrEqual(Math.min(count, sink.maxBatchEvents));
      }
      expect(await arrived()).toEqual([]);
    }),
  );

  it(
    "makes a batch of one event, however large the event is",
    using(async ({ sink }) => {
      const hub = "h".repeat(3_000_000);
      const [large, ...others] = [...someEvents(1, hub), ...someEvents(1, hub, 2)];
      if (large === undefined) throw new Error("there is no event");
      expect(sink.batch([large, ...others]).events).toBeGreaterThanOrEqual(1);
    }),
  );
}

function describePublishing(using: Using): void {
  it(
    "publishes every event of a batch, once and in order, and no other event",
    using(async ({ sink, arrived }) => {
      const head = someEvents(7);
      const expected: string[] = [];
      for (let rest: readonly StoredEvent[] = head; rest.length > 0;) {
        const batch = sink.batch(rest);
        const own = rest.slice(0, batch.events);
        expect(await batch.publish()).toEqual({ kind: "published" });
        expected.push(...own.map(({ id }) => id));
        expect(await arrived()).toEqual(expected);
        rest = rest.slice(batch.events);
      }
      expect(expected).toEqual(head.map(({ id }) => id));
    }),
  );

  it(
    "publishes every type of event, and leaves the events as they are",
    using(async ({ sink, arrived }) => {
      // Object.keys widens to string, and over the keys the compiler forgets which example belongs to which type.
      const types = Object.keys(EVENTS) as EventType[];
      const bodies = types.map((type) => ({ type, data: EVENTS[type].example }) as EventBody);
      const head = bodies.map((body, at) => stored(body, { sequence: at + 1 }));
      const before = structuredClone(head);
      for (const event of head) {
        expect(await sink.batch([event]).publish()).toEqual({ kind: "published" });
      }
      expect(head).toEqual(before);
      expect(await arrived()).toEqual(head.map(({ id }) => id));
    }),
  );

  it(
    "does not reject, but returns an outcome, whatever goes wrong",
    using(async ({ sink, failures }) => {
      for (const { begin } of failures) {
        await begin();
        const outcome = await sink.batch(someEvents(2)).publish();
        expect(isFailure(outcome)).toBe(true);
      }
    }),
  );
}

function isFailure(outcome: PublishOutcome): boolean {
  switch (outcome.kind) {
    case "published":
      return false;
    case "retry":
      return outcome.reason !== "" && (outcome.retryAfterMs ?? 0) >= 0;
    case "rejected":
    case "blocked":
      return outcome.reason !== "";
  }
}
