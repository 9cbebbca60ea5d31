/** What the courier makes of each outcome. What holds of all sequences of outcomes is in courier.property.test.ts. */
import { describe, expect, it } from "vitest";
import { MAX_BATCH_MESSAGES } from "../../src/events/sinks/pubsub/batch.ts";
import { MAX_REQUESTS_AT_ONCE } from "../../src/events/dispatcher.ts";
import { connected, hubsOfOneLine, stored } from "../support/events.ts";
import { CourierWorld, PUBLISHED, rejected, retry, settled } from "./support/dispatcher-world.ts";

/** A line that is seen to is looked after again so much later. */
const LOOK_AGAIN_MS = 10_000;

describe("a line", () => {
  it("is published in order, batch by batch, until it is empty", async () => {
    const world = new CourierWorld();
    const sequences = await world.take("a", MAX_BATCH_MESSAGES + 1);
    expect(world.flights).toEqual({ a: sequences.slice(0, MAX_BATCH_MESSAGES) });
    const later = await world.take("a");
    expect(world.open).toHaveLength(1);
    await world.answer("a", PUBLISHED);
    expect(world.flights).toEqual({ a: [...sequences.slice(MAX_BATCH_MESSAGES), ...later] });
    await world.answer("a", PUBLISHED);
    expect(world.open).toEqual([]);
    expect(world.stores.queue.count).toBe(0);
    expect(world.deliveries).toEqual([
      { line: "a", events: MAX_BATCH_MESSAGES, outcome: "published", reason: null },
      { line: "a", events: 2, outcome: "published", reason: null },
    ]);
  });

  it("whose request failed waits longer each time, and as long as the answer asks for", async () => {
    const world = new CourierWorld();
    const [only] = await world.take("a");
    for (const [outcome, delayMs] of [
      [retry(), 1000],
      [retry(), 2000],
      [retry(30_000), 30_000],
      [retry(), 8000],
    ] as const) {
      await world.answer("a", outcome);
      expect(world.courier.nextRunMs()).toBe(world.nowMs + delayMs);
      await world.advance(delayMs - 1);
      expect(world.open).toEqual([]);
      await world.advance(1);
      expect(world.flights).toEqual({ a: [only] });
    }
    await world.answer("a", PUBLISHED);
    const [next] = await world.take("a");
    expect(world.flights).toEqual({ a: [next] });
    await world.answer("a", retry());
    // The first failure of a new row of them.
    expect(world.stores.queue.retryState("a")).toEqual({
      tries: 1,
      retryAtMs: world.nowMs + 1000,
      reason: "503",
    });
    expect(world.deliveries.at(-1)).toEqual({
      line: "a",
      events: 1,
      outcome: "retried",
      reason: "503",
    });
  });

  it("that waits is not published for what is new in it", async () => {
    const world = new CourierWorld();
    const first = await world.take("a");
    await world.answer("a", retry());
    const second = await world.take("a");
    expect(world.open).toEqual([]);
    await world.advance(1000);
    expect(world.flights).toEqual({ a: [...first, ...second] });
  });

  it("parks the bad message alone, and is in order again", async () => {
    const world = new CourierWorld();
    const sequences = await world.take("a", 7);
    const bad = sequences[4] ?? 0;
    const sizes: number[] = [];
    for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
      sizes.push(flight.sequences.length);
      await flight.answer(flight.sequences.includes(bad) ? rejected("message") : PUBLISHED);
    }
    expect(sizes).toEqual([7, 4, 3, 2, 1, 1, 1]);
    expect(world.stores.parked.page(0, 9)).toEqual([
      {
        event: stored(connected("alice"), { hub: "a", sequence: bad }),
        reason: "400: bad",
        parkedAtMs: world.nowMs,
      },
    ]);
    expect(world.stores.queue.count).toBe(0);
    // Those that come next are tried together again.
    const next = await world.take("a", 7);
    expect(world.flights).toEqual({ a: next });
    expect(world.deliveries.map(({ outcome }) => outcome)).toEqual([
      "split",
      "published",
      "split",
      "split",
      "parked",
      "published",
      "published",
    ]);
  });

  it("parks the whole batch where the settings are to blame, and its setback is over", async () => {
    const world = new CourierWorld();
    const sequences = await world.take("a", 3);
    await world.answer("a", retry());
    await world.advance(1000);
    await world.answer("a", rejected("settings"));
    expect(world.parked).toEqual(sequences);
    expect(world.stores.queue.count).toBe(0);
    expect(world.stores.queue.retryState("a")).toBeUndefined();
    expect(world.deliveries.at(-1)).toEqual({
      line: "a",
      events: 3,
      outcome: "parked",
      reason: "400: bad",
    });
  });

  it("keeps an event that comes back among those of a request that is under way", async () => {
    const world = new CourierWorld();
    const [first, parked, last] = await world.take("a", 3);
    await world.answer("a", rejected("message"));
    await world.answer("a", PUBLISHED);
    await world.answer("a", rejected("message"));
    // By hand: what lies between two of a batch was parked, and is retried now.
    expect([first, parked, last, world.parked]).toEqual([1, 2, 3, [3]]);
    world.append("a", 2);
    world.stores.queue.remove("a", [4]);
    await world.advance(0);
    expect(world.flights).toEqual({ a: [5] });
    for (const sequence of [3, 4]) {
      world.stores.queue.append(stored(connected("alice"), { hub: "a", sequence }));
    }
    await world.answer("a", PUBLISHED);
    expect(world.flights).toEqual({ a: [3, 4] });
  });

  it("does not park what has given way meanwhile", async () => {
    const world = new CourierWorld();
    const [first, second] = await world.take("a", 2);
    world.stores.queue.remove("a", [first ?? 0]);
    await world.answer("a", rejected("settings"));
    expect(world.parked).toEqual([second]);
    expect(world.stores.queue.count).toBe(0);
  });
});

describe("a line of many hubs", () => {
  it("leaves in one request, though each of 500 clients has a hub of its own", async () => {
    const world = new CourierWorld();
    const hubs = hubsOfOneLine(MAX_BATCH_MESSAGES);
    for (const hub of hubs) world.append(hub);
    await world.advance(0);
    expect(world.open).toHaveLength(1);
    expect(world.open[0]?.hubs).toEqual(hubs);
    await world.answer("clients-7", PUBLISHED);
    expect([world.requests.length, world.stores.queue.count]).toEqual([1, 0]);
  });

  it("waits as one, and keeps the order of each hub through a retry", async () => {
    const world = new CourierWorld();
    const [alice = "", bob = ""] = hubsOfOneLine(2);
    for (const hub of [alice, bob, alice]) await world.take(hub);
    expect(world.flights).toEqual({ "clients-7": [1] });
    await world.answer("clients-7", retry());
    await world.take(bob);
    expect(world.open).toEqual([]);
    await world.advance(1000);
    expect(world.flights).toEqual({ "clients-7": [1, 2, 3, 4] });
    expect(world.open[0]?.hubs).toEqual([alice, bob, alice, bob]);
  });

  it("loses none but the bad message of one hub, and keeps the order of each", async () => {
    const world = new CourierWorld();
    const [alice = "", bob = "", carol = ""] = hubsOfOneLine(3);
    const hubs = [alice, bob, carol, alice, bob, carol, alice];
    for (const hub of hubs) world.append(hub);
    await world.advance(0);
    const bad = 4;
    const published: (readonly [number, string])[] = [];
    for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
      const { sequences, hubs: from } = flight;
      const isBad = sequences.includes(bad);
      if (!isBad) sequences.forEach((each, at) => published.push([each, from[at] ?? ""]));
      await flight.answer(isBad ? rejected("message") : PUBLISHED);
    }
    const good = hubs.map((hub, at) => [at + 1, hub] as const).filter(([each]) => each !== bad);
    expect(published).toEqual(good);
    // What waits for a person is the hub's, and has the hub's line when it comes back.
    expect(world.stores.parked.page(0, 9).map(({ event }) => [event.hub, event.line])).toEqual([
      [alice, "clients-7"],
    ]);
  });
});

describe("several lines", () => {
  it("do not wait for a request that hangs, though it began long before", async () => {
    const world = new CourierWorld();
    const [hanging] = await world.take("a");
    const [other] = await world.take("b");
    expect(world.flights).toEqual({ a: [hanging], b: [other] });
    await world.answer("b", PUBLISHED);
    const [next] = await world.take("b");
    expect(world.flights).toEqual({ a: [hanging], b: [next] });
  });

  it("are published four at once, and the fifth when one is done", async () => {
    const world = new CourierWorld();
    for (const hub of ["a", "b", "c", "d", "e", "f"]) await world.take(hub);
    expect(Object.keys(world.flights)).toEqual(["a", "b", "c", "d"]);
    expect(world.open).toHaveLength(MAX_REQUESTS_AT_ONCE);
    await world.answer("c", retry());
    expect(Object.keys(world.flights)).toEqual(["a", "b", "d", "e"]);
  });

  it("take turns, however much comes into each of them", async () => {
    const world = new CourierWorld();
    const lines = ["a", "b", "c", "d", "e", "f", "g"];
    for (const line of lines) await world.take(line);
    for (let round = 0; round < 21; round += 1) {
      const [flight] = world.open;
      if (flight === undefined) throw new Error("no line is published");
      world.append(flight.line);
      await flight.answer(PUBLISHED);
    }
    expect(world.requests.slice(0, 21).map(({ line }) => line)).toEqual([
      ...lines,
      ...lines,
      ...lines,
    ]);
  });
});

describe("a run", () => {
  it("is done when it has nothing to do, and does not wait for another's", async () => {
    const world = new CourierWorld();
    let isDone = false;
    world.append("a");
    const first = world.courier.run().then(() => (isDone = true));
    await world.courier.run();
    expect(isDone).toBe(false);
    expect(world.open).toHaveLength(1);
    await world.answer("a", PUBLISHED);
    await first;
    await world.courier.run();
  });

  it("is asked for again soon while a line is seen to, since that may be lost with the object", async () => {
    const world = new CourierWorld();
    expect(world.courier.nextRunMs()).toBeNull();
    world.append("a");
    expect(world.courier.nextRunMs()).toBe(world.nowMs + LOOK_AGAIN_MS);
    await world.advance(0);
    expect(world.courier.nextRunMs()).toBe(world.nowMs + LOOK_AGAIN_MS);
    await world.take("b");
    await world.answer("b", retry());
    expect(world.courier.nextRunMs()).toBe(world.nowMs + 1000);
    await world.answer("a", retry(60_000));
    expect(world.courier.nextRunMs()).toBe(world.nowMs + 1000);
  });

  it("whose store fails keeps its line, and lets the other lines go on", async () => {
    const world = new CourierWorld();
    world.append("a");
    world.append("b");
    const run = world.courier.run();
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
    expect(world.flights).toEqual({ b: [2] });
    await world.answer("b", PUBLISHED);
    expect(world.courier.nextRunMs()).toBe(world.nowMs + LOOK_AGAIN_MS);
    await world.advance(LOOK_AGAIN_MS);
    expect(world.flights).toEqual({ a: [1] });
    await world.answer("a", PUBLISHED);
    expect(world.stores.queue.count).toBe(0);
  });

  it("is not ended by a line that cannot be published at all", async () => {
    const world = new CourierWorld();
    world.append("poison");
    world.storage.sql.exec("UPDATE queue SET type = 'of a later version'");
    for (const hub of ["b", "c", "d", "e", "f", "g"]) world.append(hub, 2);
    for (let turn = 0; turn < 6; turn += 1) {
      const run = world.courier.run().catch((error: unknown) => error);
      for (let [flight] = world.open; flight !== undefined; [flight] = world.open) {
        await flight.answer(PUBLISHED);
      }
      expect(await run).toEqual(turn === 0 ? expect.any(TypeError) : undefined);
    }
    expect([...world.stores.queue.lines()]).toEqual(["poison"]);
    world.storage.sql.exec("UPDATE queue SET type = 'client.connected'");
    await world.advance(LOOK_AGAIN_MS);
    expect(Object.keys(world.flights)).toEqual(["poison"]);
  });

  it("has never more than four at once, though the run before it failed", async () => {
    const world = new CourierWorld();
    for (const hub of ["a", "b", "c", "d", "e", "f", "g"]) world.append(hub);
    const run = world.courier.run();
    const outcome = expect(run).rejects.toThrow("our own bug");
    await world.open[0]?.fail(new Error("our own bug"));
    await outcome;
    expect(world.open).toHaveLength(3);
    void world.courier.run();
    await settled();
    expect(world.open).toHaveLength(4);
    expect(new Set(world.open.map(({ line }) => line)).size).toBe(4);
  });
});
