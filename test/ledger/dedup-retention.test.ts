/** For how long the Ledger knows an outbox: long enough that nothing is taken twice, and no longer. */
import { describe, expect, it } from "vitest";
import { OUTBOX_MEMORY_MS } from "../../src/ledger/dedup-retention.ts";
import type { LedgerStores } from "../../src/ledger/ports.ts";
import { begun, ended, LedgerWorld, reportOf, tallyOf } from "./support/ledger-world.ts";

const HOUR_MS = 3_600_000;

/** A client's whole life: it comes and goes. Its hub's outbox has the client's name. */
function visit(world: LedgerWorld, client: string): void {
  const events = [begun(1, client, `s of ${client}`), ended(2, client, `s of ${client}`)];
  world.ledger.take(reportOf(events, { hub: `client:${client}`, outboxId: client }));
}

function isKnown({ stores }: LedgerWorld, client: string): boolean {
  return stores.progress.find(`client:${client}`, client) !== undefined;
}

function knownHubs({ progress }: LedgerStores): string[] {
  const hubs: string[] = [];
  for (let hub = progress.hubAfter(""); hub !== undefined; hub = progress.hubAfter(hub)) {
    hubs.push(hub);
  }
  return hubs;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}

describe("the outbox of a client's hub", () => {
  it("is forgotten when it was silent for a day, two for each new one that comes", () => {
    const world = new LedgerWorld();
    const old = names("a", 6);
    old.forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_MEMORY_MS;
    names("z", 4).forEach((client) => visit(world, client));
    expect(old.filter((client) => isKnown(world, client))).toEqual(old);
    world.nowMs += 1;
    const left: number[] = [];
    // As many as there are, and two: then the walk is round.
    for (const client of names("y", 12)) {
      visit(world, client);
      left.push(old.filter((each) => isKnown(world, each)).length);
    }
    expect(left.map((now, at) => (left[at - 1] ?? 6) - now).every((gone) => gone <= 2)).toBe(true);
    expect(left.at(-1)).toBe(0);
    expect(names("y", 12).every((client) => isKnown(world, client))).toBe(true);
  });

  it("costs its place while it is remembered, not for ever", () => {
    const world = new LedgerWorld({ maxStored: 10 });
    const aDay = 100;
    const most: number[] = [];
    for (let day = 0; day < 12; day += 1) {
      // Whichever way names follow each other from day to day.
      const prefix = day % 2 === 0 ? `m${day}` : `m${90 - day}`;
      for (const client of names(prefix, aDay)) {
        world.nowMs += OUTBOX_MEMORY_MS / aDay;
        visit(world, client);
      }
      most.push(knownHubs(world.stores).length);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(3 * aDay);
  });

  it("is found by the walk though the Ledger is evicted before every report, and the first must stay", () => {
    const world = new LedgerWorld();
    for (const client of ["0", "1", "2"]) {
      world.ledger.take(
        reportOf([begun(1, client)], { hub: `client:${client}`, outboxId: client }),
      );
    }
    const old = names("a", 20);
    old.forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_MEMORY_MS + 1;
    for (const client of names("z", 25)) {
      world.evict();
      visit(world, client);
    }
    expect(old.filter((client) => isKnown(world, client))).toEqual([]);
  });

  it("makes no work for reports of an outbox that is known", () => {
    const world = new LedgerWorld();
    ["a", "b", "c"].forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_MEMORY_MS + 1;
    const report = (seq: number) =>
      world.ledger.take(reportOf([begun(seq, "z")], { hub: "client:z", outboxId: "z" }));
    report(1);
    const left = knownHubs(world.stores);
    for (let seq = 2; seq < 10; seq += 1) report(seq);
    expect(knownHubs(world.stores)).toEqual(left);
    expect(left.length).toBeGreaterThan(1);
  });

  it("is remembered while its client has a session, however long that says nothing", () => {
    const world = new LedgerWorld();
    const lost = reportOf([begun(1, "alice", "s")], { hub: "client:alice", outboxId: "alice" });
    world.ledger.take(lost);
    visit(world, "bob");
    for (let day = 0; day < 3; day += 1) {
      world.nowMs += OUTBOX_MEMORY_MS + 1;
      names(`z${day}`, 5).forEach((client) => visit(world, client));
    }
    expect([isKnown(world, "alice"), isKnown(world, "bob")]).toEqual([true, false]);
    world.told.length = 0;
    // The hub was away, and did not hear that its first event was taken.
    world.ledger.take({ ...lost, events: [...lost.events, ended(2, "alice", "s", "lost")] });
    expect(world.told.map(({ id }) => id)).toEqual(["alice.2"]);
    world.nowMs += OUTBOX_MEMORY_MS + 1;
    names("y", 20).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
  });

  it("is remembered no longer for a session that its client has in another hub", () => {
    const world = new LedgerWorld();
    visit(world, "alice");
    world.ledger.take(reportOf([begun(1, "alice", "t")]));
    world.nowMs += OUTBOX_MEMORY_MS + 1;
    names("z", 3).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
  });

  it("is remembered for a day after the last report, be it the same again and again", () => {
    const world = new LedgerWorld();
    const tally = tallyOf("t", { deltas: [["counted", 1]] });
    for (let hours = 0; hours < 100; hours += 20) {
      visit(world, "alice");
      world.ledger.take(reportOf([], { hub: "client:bob", outboxId: "bob", tally }));
      names(`z${hours}`, 5).forEach((client) => visit(world, client));
      world.nowMs += 20 * HOUR_MS;
    }
    expect(world.told.filter(({ hub }) => hub === "client:alice")).toHaveLength(2);
    expect(world.sample("counted")).toBe(1);
  });

  it("begins anew when it is heard of after it was forgotten: what it tells next is taken", () => {
    const world = new LedgerWorld();
    visit(world, "alice");
    world.nowMs += OUTBOX_MEMORY_MS + 1;
    names("z", 3).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
    world.told.length = 0;
    const next = reportOf([begun(3, "alice", "t")], { hub: "client:alice", outboxId: "alice" });
    expect(world.ledger.take(next)).toEqual({ throughSeq: 3 });
    expect(world.ledger.take(next)).toEqual({ throughSeq: 3 });
    expect(world.told.map(({ id }) => id)).toEqual(["alice.3"]);
  });
});

it("outboxes of hubs that many share, and of the Worker, are not walked over", () => {
  const world = new LedgerWorld();
  const hubs = ["main", "h0of7", "worker", "clients"];
  for (const hub of hubs) world.ledger.take(reportOf([begun(1, "a")], { hub, outboxId: hub }));
  world.nowMs += OUTBOX_MEMORY_MS + 1;
  names("z", 20).forEach((client) => visit(world, client));
  expect(hubs.filter((hub) => world.stores.progress.find(hub, hub) === undefined)).toEqual([]);
});
