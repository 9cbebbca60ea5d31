/** How a hub reports to its Ledger, with its outbox on Node's SQLite; test/worker/events.test.ts runs on the platform's. */
import { describe, expect, it } from "vitest";
import { ReporterWorld } from "./support/reporter-world.ts";

describe("a report", () => {
  it("holds the outbox and the stats, which the hub forgets once the Ledger has taken them", async () => {
    const world = new ReporterWorld();
    expect([world.hasAnything, world.isDue]).toEqual([false, false]);
    world.count();
    expect([world.hasAnything, world.isDue]).toEqual([true, false]);
    world.append();
    world.append();
    expect(world.isDue).toBe(true);
    const done = world.reporter.report();
    expect(world.flights[0]?.report).toMatchObject({
      hub: "main",
      outboxId: world.outbox.id,
      events: [{ sequence: 1 }, { sequence: 2 }],
      stats: { atMs: world.at.nowMs },
    });
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    expect(world.hasAnything).toBe(false);
    expect(world.outbox.head(9)).toEqual([]);
    expect([world.at.emitted.length, world.counted]).toEqual([2, 1]);
    expect(await world.reporter.report()).toBe(true);
    expect(world.flights).toEqual([]);
  });

  it("holds at most two hundred events, and another report follows while events wait", async () => {
    const world = new ReporterWorld();
    for (let at = 0; at < 201; at += 1) world.append();
    const done = world.reporter.report();
    expect(world.flights[0]?.report.events).toHaveLength(200);
    world.occur();
    await world.flights[0]?.arrive();
    expect(world.flights[0]?.report.events.map(({ sequence }) => sequence)).toEqual([201]);
    expect(world.flights[0]?.report.stats?.immediateEvents).toHaveLength(1);
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    expect(world.at.emitted).toHaveLength(202);
  });

  it("starts at once for the first signal that did not arrive, and then at most once a second", async () => {
    const world = new ReporterWorld();
    world.occur();
    expect(world.isDue).toBe(true);
    const done = world.reporter.report();
    world.occur();
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    world.at.nowMs += 999;
    world.occur();
    expect([world.isDue, world.hasAnything]).toEqual([false, true]);
    world.at.nowMs += 1;
    expect(world.isDue).toBe(true);
    void world.reporter.report();
    await world.flights[0]?.arrive();
    expect(world.at.emitted.map(({ data }) => data)).toMatchObject([{ count: 1 }, { count: 2 }]);
    expect(world.hasAnything).toBe(false);
  });

  it("takes along undelivered signals when it reports a session", async () => {
    const world = new ReporterWorld();
    world.occur();
    void world.reporter.report();
    await world.flights[0]?.arrive();
    world.occur();
    world.append();
    expect(world.isDue).toBe(true);
    void world.reporter.report();
    expect(world.flights[0]?.report).toMatchObject({
      events: [{ sequence: 1 }],
      stats: { immediateEvents: [{ type: "signal.undelivered" }] },
    });
  });

  it("is not followed by another that would hold only counts", async () => {
    const world = new ReporterWorld();
    world.append();
    const done = world.reporter.report();
    world.count();
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    expect([world.hasAnything, world.isDue]).toEqual([true, false]);
  });

  it("is the only one under way: a second call joins it", async () => {
    const world = new ReporterWorld();
    world.append();
    const asked = [world.reporter.report(), world.reporter.report()];
    expect(world.flights).toHaveLength(1);
    await world.flights[0]?.arrive();
    expect(await Promise.all(asked)).toEqual([true, true]);
  });

  it.each(["fail", "loseAnswer"] as const)(
    "that is not acknowledged is made again, with the same stats delta, and counts once: %s",
    async (how) => {
      const world = new ReporterWorld();
      world.append();
      world.count();
      const done = world.reporter.report();
      const delta = world.flights[0]?.report.stats;
      world.count();
      await world.flights[0]?.[how]();
      expect(await done).toBe(false);
      expect(world.failures).toHaveLength(1);
      world.append();
      expect(world.hasAnything).toBe(true);
      const again = world.reporter.report();
      expect(world.flights[0]?.report.stats).toEqual(delta);
      expect(world.flights[0]?.report.events.map(({ sequence }) => sequence)).toEqual([1, 2]);
      await world.flights[0]?.arrive();
      expect(await again).toBe(true);
      expect([world.at.emitted.length, world.counted]).toEqual([2, 1]);
      // What was counted since is in the next.
      void world.reporter.report();
      await world.flights[0]?.arrive();
      expect(world.counted).toBe(2);
    },
  );

  it("that failed is not due again for five seconds, and may still be made sooner", async () => {
    const world = new ReporterWorld();
    world.append();
    void world.reporter.report();
    await world.flights[0]?.fail();
    expect([world.isDue, world.reporter.work(null).hasOutboxEvents]).toEqual([false, true]);
    world.at.nowMs += 4999;
    expect(world.isDue).toBe(false);
    world.at.nowMs += 1;
    expect(world.isDue).toBe(true);
    void world.reporter.report();
    expect(world.flights).toHaveLength(1);
  });

  it("that hangs for thirty seconds is given up, and does no harm if it arrives later", async () => {
    const world = new ReporterWorld();
    world.append();
    world.count();
    void world.reporter.report();
    world.at.nowMs += 29_999;
    void world.reporter.report();
    expect(world.flights).toHaveLength(1);
    world.at.nowMs += 1;
    const second = world.reporter.report();
    const [hanging, flight] = world.flights;
    expect(flight?.report).toEqual(hanging?.report);
    await flight?.arrive();
    expect(await second).toBe(true);
    world.count();
    world.append();
    const third = world.reporter.report();
    await world.flights[1]?.arrive();
    expect(await third).toBe(true);
    // The report that hung arrives after the one that followed it.
    await hanging?.arrive();
    expect([world.at.emitted.length, world.counted]).toEqual([2, 2]);
    expect(world.flights).toEqual([]);
    expect(world.hasAnything).toBe(false);
  });

  it("that hangs and arrives late acknowledges its own delta only", async () => {
    const world = new ReporterWorld();
    world.count();
    void world.reporter.report();
    world.at.nowMs += 30_000;
    void world.reporter.report();
    const [hanging, second] = world.flights;
    await second?.arrive();
    world.count();
    const third = world.reporter.report();
    await hanging?.arrive();
    await world.flights[0]?.fail();
    expect(await third).toBe(false);
    void world.reporter.report();
    await world.flights[0]?.arrive();
    expect(world.counted).toBe(2);
  });

  it("that hangs and arrives late does not end the report made in its place", async () => {
    const world = new ReporterWorld();
    world.append();
    void world.reporter.report();
    world.at.nowMs += 30_000;
    void world.reporter.report();
    const [hanging] = world.flights;
    await hanging?.fail();
    void world.reporter.report();
    expect(world.flights).toHaveLength(1);
  });

  it("fails and is made again if the outbox cannot delete its rows", async () => {
    const world = new ReporterWorld();
    world.append();
    world.storage.sql.exec(
      "CREATE TRIGGER broken BEFORE DELETE ON outbox BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    const done = world.reporter.report();
    await world.flights[0]?.arrive();
    expect(await done).toBe(false);
    expect(String(world.failures[0])).toContain("disk full");
    world.storage.sql.exec("DROP TRIGGER broken");
    const again = world.reporter.report();
    await world.flights[0]?.arrive();
    expect(await again).toBe(true);
    expect(world.at.emitted).toHaveLength(1);
  });
});
