/** What the dispatcher makes of each outcome. What holds for any sequence of outcomes is in dispatcher.property.test.ts. */
import { describe, expect, it } from "vitest";
import {
  BLOCKED_PAUSE_MS,
  MAX_REQUESTS,
  publishAtOnce,
  RECHECK_MS,
  THROWN_PAUSE_MS,
  requestsPerSink,
} from "../../src/events/dispatcher.ts";
import { connected, hubsOfOnePartition, someEvents, stored } from "../support/events.ts";
import {
  DispatcherWorld,
  MAX_BATCH_EVENTS,
  BLOCKED,
  PUBLISHED,
  REJECTED,
  retry,
  settled,
} from "./support/dispatcher-world.ts";

describe("The dispatcher", () => {
  it("publishes a partition in order, batch by batch, until it is empty", async () => {
    const world = new DispatcherWorld();
    const sequences = await world.take("a", MAX_BATCH_EVENTS + 1);
    expect(world.inFlight()).toEqual({ a: sequences.slice(0, MAX_BATCH_EVENTS) });
    const later = await world.take("a");
    expect(world.open).toHaveLength(1);
    await world.answer("a", PUBLISHED);
    expect(world.inFlight()).toEqual({ a: [...sequences.slice(MAX_BATCH_EVENTS), ...later] });
    await world.answer("a", PUBLISHED);
    expect(world.open).toEqual([]);
    expect(world.stores.queue.count).toBe(0);
    expect(world.results).toEqual([
      {
        sink: "pubsub",
        partition: "a",
        events: MAX_BATCH_EVENTS,
        outcome: "published",
        reason: null,
      },
      { sink: "pubsub", partition: "a", events: 2, outcome: "published", reason: null },
    ]);
  });

  it("waits longer after each failure of a partition, and at least as long as the answer asks for", async () => {
    const world = new DispatcherWorld();
    const [only] = await world.take("a");
    for (const [outcome, delayMs] of [
      [retry(), 1000],
      [retry(), 2000],
      [retry(30_000), 30_000],
      [retry(), 8000],
    ] as const) {
      await world.answer("a", outcome);
      expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + delayMs);
      await world.advance(delayMs - 1);
      expect(world.open).toEqual([]);
      await world.advance(1);
      expect(world.inFlight()).toEqual({ a: [only] });
    }
    await world.answer("a", PUBLISHED);
    const [next] = await world.take("a");
    expect(world.inFlight()).toEqual({ a: [next] });
    await world.answer("a", retry());
    // The first failure of a new series.
    expect(world.queueOf().retryState("a")).toEqual({
      tries: 1,
      retryAtMs: world.nowMs + 1000,
      reason: "503",
    });
    expect(world.results.at(-1)).toEqual({
      sink: "pubsub",
      partition: "a",
      events: 1,
      outcome: "retried",
      reason: "503",
    });
  });

  it("does not publish a waiting partition early because a new event came", async () => {
    const world = new DispatcherWorld();
    const first = await world.take("a");
    await world.answer("a", retry());
    const second = await world.take("a");
    expect(world.open).toEqual([]);
    await world.advance(1000);
    expect(world.inFlight()).toEqual({ a: [...first, ...second] });
  });

  it("parks the bad event alone, and then publishes full batches again", async () => {
    const world = new DispatcherWorld();
    const sequences = await world.take("a", 7);
    const bad = sequences[4] ?? 0;
    const sizes: number[] = [];
    for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
      sizes.push(flight.sequences.length);
      await flight.answer(flight.sequences.includes(bad) ? REJECTED : PUBLISHED);
    }
    expect(sizes).toEqual([7, 4, 3, 2, 1, 1, 1]);
    expect(world.stores.parked.page(0, 9)).toEqual([
      {
        event: stored(connected("alice"), { hub: "a", sequence: bad }),
        sinks: ["pubsub"],
        reason: "400: bad",
        parkedAtMs: world.nowMs,
      },
    ]);
    expect(world.stores.queue.count).toBe(0);
    // Those that come next are tried together again.
    const next = await world.take("a", 7);
    expect(world.inFlight()).toEqual({ a: next });
    expect(world.results.map(({ outcome }) => outcome)).toEqual([
      "split",
      "published",
      "split",
      "split",
      "parked",
      "published",
      "published",
    ]);
  });

  it("clears the retry state when it parks an event", async () => {
    const world = new DispatcherWorld();
    const sequences = await world.take("a");
    await world.answer("a", retry());
    await world.advance(1000);
    await world.answer("a", REJECTED);
    expect(world.parked).toEqual(sequences);
    expect(world.stores.queue.count).toBe(0);
    expect(world.queueOf().retryState("a")).toBeUndefined();
    expect(world.results.at(-1)).toEqual({
      sink: "pubsub",
      partition: "a",
      events: 1,
      outcome: "parked",
      reason: "400: bad",
    });
  });

  it("keeps the whole partition in order while the sink refuses every event, however long, and asks once a minute", async () => {
    const world = new DispatcherWorld();
    const sequences = await world.take("a", 3);
    for (let minute = 0; minute < 300; minute += 1) {
      await world.answer("a", BLOCKED);
      sequences.push(...(await world.take("a")));
      expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + BLOCKED_PAUSE_MS);
      await world.advance(BLOCKED_PAUSE_MS - 1);
      expect(world.open).toEqual([]);
      await world.advance(1);
      expect(world.inFlight()).toEqual({ a: sequences });
    }
    expect(world.results.at(-1)).toEqual({
      sink: "pubsub",
      partition: "a",
      events: 302,
      outcome: "blocked",
      reason: "403: no",
    });
    await world.answer("a", PUBLISHED);
    expect([world.parked, world.stores.queue.count]).toEqual([[], 0]);
  });

  it("keeps an event that comes back between those of a request in flight", async () => {
    const world = new DispatcherWorld();
    for (const at of [1, 2]) {
      expect(await world.take("a")).toEqual([at]);
      await world.answer("a", REJECTED);
    }
    expect([world.parked, world.open]).toEqual([[1, 2], []]);
    world.retryParked(1);
    await world.take("a");
    expect(world.inFlight()).toEqual({ a: [1, 3] });
    world.retryParked(2);
    await world.answer("a", PUBLISHED);
    expect(world.inFlight()).toEqual({ a: [2] });
    await world.answer("a", PUBLISHED);
    expect([world.open, world.stores.queue.count]).toEqual([[], 0]);
  });

  it("does not park an event that was dropped while its request was in flight", async () => {
    const world = new DispatcherWorld();
    const [only = 0] = await world.take("a");
    world.queueOf().remove("a", [only]);
    await world.answer("a", REJECTED);
    expect(world.parked).toEqual([]);
    expect(world.stores.queue.count).toBe(0);
  });
});

describe("The dispatcher, in a partition of many hubs,", () => {
  it("publishes the events of 500 hubs in one request", async () => {
    const world = new DispatcherWorld();
    const hubs = hubsOfOnePartition(MAX_BATCH_EVENTS);
    for (const hub of hubs) world.append(hub);
    await world.advance(0);
    expect(world.open).toHaveLength(1);
    expect(world.open[0]?.hubs).toEqual(hubs);
    await world.answer("clients-7", PUBLISHED);
    expect([world.requests.length, world.stores.queue.count]).toEqual([1, 0]);
  });

  it("retries all hubs together, and keeps the order of each hub", async () => {
    const world = new DispatcherWorld();
    const [alice = "", bob = ""] = hubsOfOnePartition(2);
    for (const hub of [alice, bob, alice]) await world.take(hub);
    expect(world.inFlight()).toEqual({ "clients-7": [1] });
    await world.answer("clients-7", retry());
    await world.take(bob);
    expect(world.open).toEqual([]);
    await world.advance(1000);
    expect(world.inFlight()).toEqual({ "clients-7": [1, 2, 3, 4] });
    expect(world.open[0]?.hubs).toEqual([alice, bob, alice, bob]);
  });

  it("parks only the bad event of one hub, and keeps the order of each hub", async () => {
    const world = new DispatcherWorld();
    const [alice = "", bob = "", carol = ""] = hubsOfOnePartition(3);
    const hubs = [alice, bob, carol, alice, bob, carol, alice];
    for (const hub of hubs) world.append(hub);
    await world.advance(0);
    const bad = 4;
    const published: (readonly [number, string])[] = [];
    for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
      const { sequences, hubs: from } = flight;
      const isBad = sequences.includes(bad);
      if (!isBad) sequences.forEach((each, at) => published.push([each, from[at] ?? ""]));
      await flight.answer(isBad ? REJECTED : PUBLISHED);
    }
    const good = hubs.map((hub, at) => [at + 1, hub] as const).filter(([each]) => each !== bad);
    expect(published).toEqual(good);
    // A parked event keeps the partition of its hub for when it comes back.
    expect(world.stores.parked.page(0, 9).map(({ event }) => [event.hub, event.partition])).toEqual(
      [[alice, "clients-7"]],
    );
  });
});

describe("The dispatcher, with several partitions,", () => {
  it("publishes one partition while the request of another hangs", async () => {
    const world = new DispatcherWorld();
    const [hanging] = await world.take("a");
    const [other] = await world.take("b");
    expect(world.inFlight()).toEqual({ a: [hanging], b: [other] });
    await world.answer("b", PUBLISHED);
    const [next] = await world.take("b");
    expect(world.inFlight()).toEqual({ a: [hanging], b: [next] });
  });

  it("publishes four partitions at once, and the fifth when a request is done", async () => {
    const world = new DispatcherWorld();
    for (const hub of ["a", "b", "c", "d", "e", "f"]) await world.take(hub);
    expect(Object.keys(world.inFlight())).toEqual(["a", "b", "c", "d"]);
    expect(world.open).toHaveLength(MAX_REQUESTS);
    await world.answer("c", retry());
    expect(Object.keys(world.inFlight())).toEqual(["a", "b", "d", "e"]);
  });

  it("gives each partition its turn, however many events come into each", async () => {
    const world = new DispatcherWorld();
    const partitions = ["a", "b", "c", "d", "e", "f", "g"];
    for (const partition of partitions) await world.take(partition);
    for (let round = 0; round < 21; round += 1) {
      const [flight] = world.open;
      if (flight === undefined) throw new Error("no partition is published");
      world.append(flight.partition);
      await flight.answer(PUBLISHED);
    }
    expect(world.requests.slice(0, 21).map(({ partition }) => partition)).toEqual([
      ...partitions,
      ...partitions,
      ...partitions,
    ]);
  });
});

describe("drain", () => {
  it("resolves when it has nothing to do, and does not wait for an earlier call", async () => {
    const world = new DispatcherWorld();
    let isDone = false;
    world.append("a");
    const first = world.dispatcher.drain().then(() => (isDone = true));
    await world.dispatcher.drain();
    expect(isDone).toBe(false);
    expect(world.open).toHaveLength(1);
    await world.answer("a", PUBLISHED);
    await first;
    await world.dispatcher.drain();
  });

  it("is due again soon while a request is in flight, since the object may be reset", async () => {
    const world = new DispatcherWorld();
    expect(world.dispatcher.nextDrainMs()).toBeNull();
    world.append("a");
    expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + RECHECK_MS);
    await world.advance(0);
    expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + RECHECK_MS);
    await world.take("b");
    await world.answer("b", retry());
    expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + 1000);
    await world.answer("a", retry(60_000));
    expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + 1000);
  });

  it("rejects if the storage fails, keeps the events, and lets the other partitions go on", async () => {
    const world = new DispatcherWorld();
    world.append("a");
    world.append("b");
    const run = world.dispatcher.drain();
    const { transaction } = world.stores;
    Object.assign(world.stores, {
      transaction: () => {
        throw new Error("disk full");
      },
    });
    const outcome = expect(run).rejects.toThrow("disk full");
    await world.answer("a", PUBLISHED);
    await outcome;
    Object.assign(world.stores, { transaction });
    expect(world.inFlight()).toEqual({ b: [2] });
    await world.answer("b", PUBLISHED);
    expect(world.dispatcher.nextDrainMs()).toBe(world.nowMs + THROWN_PAUSE_MS);
    await world.advance(THROWN_PAUSE_MS);
    expect(world.inFlight()).toEqual({ a: [1] });
    await world.answer("a", PUBLISHED);
    expect(world.stores.queue.count).toBe(0);
  });

  it("publishes every other partition if the events of one cannot be made into a batch", async () => {
    const world = new DispatcherWorld();
    world.append("poison");
    world.storage.sql.exec("UPDATE queue SET type = 'of a later version'");
    for (const hub of ["b", "c", "d", "e", "f", "g"]) world.append(hub, 2);
    for (let turn = 0; turn < 6; turn += 1) {
      const run = world.dispatcher.drain().catch((error: unknown) => error);
      for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
        await flight.answer(PUBLISHED);
      }
      expect(await run).toEqual(turn === 0 ? expect.any(TypeError) : undefined);
    }
    expect([...world.queueOf().partitions()]).toEqual(["poison"]);
    world.storage.sql.exec("UPDATE queue SET type = 'client.connected'");
    await world.advance(THROWN_PAUSE_MS);
    expect(Object.keys(world.inFlight())).toEqual(["poison"]);
  });

  it("never has more than four requests in flight, even after a call that rejected", async () => {
    const world = new DispatcherWorld();
    for (const hub of ["a", "b", "c", "d", "e", "f", "g"]) world.append(hub);
    const run = world.dispatcher.drain();
    const outcome = expect(run).rejects.toThrow("our own bug");
    await world.open[0]?.fail(new Error("our own bug"));
    await outcome;
    expect(world.open).toHaveLength(3);
    void world.dispatcher.drain();
    await settled();
    expect(world.open).toHaveLength(4);
    expect(new Set(world.open.map(({ partition }) => partition)).size).toBe(4);
  });
});

describe("Two sinks", () => {
  const SINKS = ["pubsub", "webhook"] as const;
  const HOUR_MS = 3_600_000;

  it("do not wait for each other: one hangs for an hour, and the other publishes at once", async () => {
    const world = new DispatcherWorld(SINKS);
    const hubs = ["a", "b", "c", "d", "e"];
    for (const hub of hubs) world.append(hub);
    await world.advance(0);
    // A sink uses only its own connections, and leaves those of the other sink free.
    expect(Object.keys(world.inFlight("webhook"))).toEqual(["a", "b"]);
    for (let minutes = 0; minutes < 60; minutes += 1) {
      const appendedAtMs = world.nowMs;
      for (const hub of hubs) world.append(hub);
      await world.advance(0);
      while (Object.keys(world.inFlight("pubsub")).length > 0) {
        const [partition = ""] = Object.keys(world.inFlight("pubsub"));
        await world.answer(partition, PUBLISHED, "pubsub");
      }
      expect(world.nowMs).toBe(appendedAtMs);
      expect([...world.queueOf("pubsub").partitions()]).toEqual([]);
      await world.advance(HOUR_MS / 60);
    }
    const own = world.requests.filter(({ sink }) => sink === "pubsub");
    expect(own.flatMap(({ sequences }) => sequences)).toHaveLength(5 * 61);
    expect(world.requests.filter(({ sink }) => sink === "webhook")).toHaveLength(2);
    // The sink that hung loses no event.
    while (world.open.length > 0) await world.open[0]?.answer(PUBLISHED);
    const late = world.requests.filter(({ sink }) => sink === "webhook");
    expect(late.flatMap(({ sequences }) => sequences).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: 5 * 61 }, (_, at) => at + 1),
    );
    expect(world.stores.queue.count).toBe(0);
  });

  it("have retry states of their own in each partition", async () => {
    const world = new DispatcherWorld(SINKS);
    await world.take("a");
    await world.answer("a", retry(60_000), "webhook");
    expect(world.queueOf("webhook").retryState("a")?.tries).toBe(1);
    expect(world.queueOf("pubsub").retryState("a")).toBeUndefined();
    await world.answer("a", PUBLISHED, "pubsub");
    await world.take("a");
    expect(world.inFlight("pubsub")).toEqual({ a: [2] });
    expect(world.inFlight("webhook")).toEqual({});
    expect(world.dispatchers.map((dispatcher) => dispatcher.nextDrainMs())).toEqual([
      world.nowMs + RECHECK_MS,
      world.nowMs + 60_000,
    ]);
  });

  it("park separately: an event that one refused is published by the other, which does not get it again with a retry", async () => {
    const world = new DispatcherWorld(SINKS);
    await world.take("a");
    await world.answer("a", REJECTED, "webhook");
    expect(world.stores.parked.find(1)?.sinks).toEqual(["webhook"]);
    expect(world.inFlight("pubsub")).toEqual({ a: [1] });
    world.retryParked(1);
    await world.drain();
    expect(world.inFlight("webhook")).toEqual({ a: [1] });
    await world.answer("a", PUBLISHED, "pubsub");
    await world.answer("a", PUBLISHED, "webhook");
    expect([world.requests.length, world.stores.queue.count, world.parked]).toEqual([3, 0, []]);
  });

  it("each continue at their own place after a restart", async () => {
    const world = new DispatcherWorld(SINKS);
    await world.take("a", 3);
    await world.answer("a", PUBLISHED, "pubsub");
    const again = new DispatcherWorld(SINKS, world.storage);
    await again.drain();
    expect([again.inFlight("pubsub"), again.inFlight("webhook")]).toEqual([{}, { a: [1, 2, 3] }]);
  });

  it("share the connections that an object may have, and each gets at least one", () => {
    expect([1, 2, 3, 4, 9].map(requestsPerSink)).toEqual([MAX_REQUESTS, 2, 1, 1, 1]);
  });
});

describe("publishAtOnce", () => {
  it("gives an immediate sink every event, in order, in batches that fit", async () => {
    const published: (readonly number[])[] = [];
    publishAtOnce(
      {
        name: "immediate",
        delivery: "immediate",
        maxBatchEvents: 3,
        batch: (head) => ({
          // It takes even less than it might.
          events: Math.min(2, head.length),
          publish() {
            published.push(head.slice(0, 2).map(({ sequence }) => sequence));
            return Promise.resolve(PUBLISHED);
          },
        }),
      },
      someEvents(5),
    );
    expect(published).toEqual([[1, 2], [3, 4], [5]]);
  });
});
