/** How a hub hands on what it has to tell, its outbox on Node's SQLite. On the platform's: test/worker/events.test.ts. */
import { describe, expect, it } from "vitest";
import { ReporterWorld } from "./support/reporter-world.ts";

describe("a report", () => {
  it("holds the outbox and the tally, which are forgotten when they were taken", async () => {
    const world = new ReporterWorld();
    expect([world.reporter.hasAnything, world.reporter.isDue]).toEqual([false, false]);
    world.count();
    expect([world.reporter.hasAnything, world.reporter.isDue]).toEqual([true, false]);
    world.append();
    world.append();
    expect(world.reporter.isDue).toBe(true);
    const done = world.reporter.report();
    expect(world.flights[0]?.report).toMatchObject({
      hub: "main",
      outboxId: world.outbox.id,
      events: [{ sequence: 1 }, { sequence: 2 }],
      stats: { atMs: world.at.nowMs },
    });
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    expect(world.reporter.hasAnything).toBe(false);
    expect(world.outbox.head(9)).toEqual([]);
    expect([world.at.emitted.length, world.counted]).toEqual([2, 1]);
    expect(await world.reporter.report()).toBe(true);
    expect(world.flights).toEqual([]);
  });

  it("is followed by another while events wait, two hundred of them at once", async () => {
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

  it("is made at once for a signal that did not arrive, and then once a second for however many", async () => {
    const world = new ReporterWorld();
    world.occur();
    expect(world.reporter.isDue).toBe(true);
    const done = world.reporter.report();
    world.occur();
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    world.at.nowMs += 999;
    world.occur();
    expect([world.reporter.isDue, world.reporter.hasAnything]).toEqual([false, true]);
    world.at.nowMs += 1;
    expect(world.reporter.isDue).toBe(true);
    void world.reporter.report();
    await world.flights[0]?.arrive();
    expect(world.at.emitted.map(({ data }) => data)).toMatchObject([{ count: 1 }, { count: 2 }]);
    expect(world.reporter.hasAnything).toBe(false);
  });

  it("takes along what did not arrive, where a session is told", async () => {
    const world = new ReporterWorld();
    world.occur();
    void world.reporter.report();
    await world.flights[0]?.arrive();
    world.occur();
    world.append();
    expect(world.reporter.isDue).toBe(true);
    void world.reporter.report();
    expect(world.flights[0]?.report).toMatchObject({
      events: [{ sequence: 1 }],
      stats: { immediateEvents: [{ type: "signal.undelivered" }] },
    });
  });

  it("is not followed by another for what was only counted", async () => {
    const world = new ReporterWorld();
    world.append();
    const done = world.reporter.report();
    world.count();
    await world.flights[0]?.arrive();
    expect(await done).toBe(true);
    expect([world.reporter.hasAnything, world.reporter.isDue]).toEqual([true, false]);
  });

  it("is one at a time: who asks for another gets the one under way", async () => {
    const world = new ReporterWorld();
    world.append();
    const asked = [world.reporter.report(), world.reporter.report()];
    expect(world.flights).toHaveLength(1);
    await world.flights[0]?.arrive();
    expect(await Promise.all(asked)).toEqual([true, true]);
  });

  it.each(["fail", "loseAnswer"] as const)(
    "that did not come back is made again, with the same tally, and counts once: %s",
    async (how) => {
      const world = new ReporterWorld();
      world.append();
      world.count();
      const done = world.reporter.report();
      const tally = world.flights[0]?.report.stats;
      world.count();
      await world.flights[0]?.[how]();
      expect(await done).toBe(false);
      expect(world.failures).toHaveLength(1);
      world.append();
      expect(world.reporter.hasAnything).toBe(true);
      const again = world.reporter.report();
      expect(world.flights[0]?.report.stats).toEqual(tally);
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

  it("that failed is not due again for five seconds, and may be made sooner", async () => {
    const world = new ReporterWorld();
    world.append();
    void world.reporter.report();
    await world.flights[0]?.fail();
    expect([world.reporter.isDue, world.reporter.hasEvents]).toEqual([false, true]);
    world.at.nowMs += 4999;
    expect(world.reporter.isDue).toBe(false);
    world.at.nowMs += 1;
    expect(world.reporter.isDue).toBe(true);
    void world.reporter.report();
    expect(world.flights).toHaveLength(1);
  });

  it("that hangs for thirty seconds is given up, and does no harm when it comes after all", async () => {
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
    // Behind the tally that followed it.
    await hanging?.arrive();
    expect([world.at.emitted.length, world.counted]).toEqual([2, 2]);
    expect(world.flights).toEqual([]);
    expect(world.reporter.hasAnything).toBe(false);
  });

  it("that hangs takes no tally with it when it comes, but its own", async () => {
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

  it("that hangs does not end the flight of the one that was made instead", async () => {
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

  it("fails, and is made again, where the outbox cannot forget", async () => {
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
