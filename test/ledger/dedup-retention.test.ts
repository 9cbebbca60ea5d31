/** How long the Ledger remembers an outbox: long enough that it takes nothing twice, and no longer. */
import { describe, expect, it } from "vitest";
import { OUTBOX_RETENTION_MS } from "../../src/ledger/dedup-retention.ts";
import type { LedgerStores } from "../../src/ledger/ports.ts";
import { begun, ended, LedgerWorld, reportOf, statsOf } from "./support/ledger-world.ts";

const HOUR_MS = 3_600_000;

/** A client connects and disconnects. The outbox of its hub has the client's name. */
function visit(world: LedgerWorld, client: string): void {
  const events = [begun(1, client, `s of ${client}`), ended(2, client, `s of ${client}`)];
  world.ledger.accept(reportOf(events, { hub: `client:${client}`, outboxId: client }));
}

function isKnown({ stores }: LedgerWorld, client: string): boolean {
  return stores.cursors.find(`client:${client}`, client) !== undefined;
}

function knownHubs({ cursors }: LedgerStores): string[] {
  const hubs: string[] = [];
  for (let hub = cursors.hubAfter(""); hub !== undefined; hub = cursors.hubAfter(hub)) {
    hubs.push(hub);
  }
  return hubs;
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${n}`);
}

describe("The Ledger, for the outboxes of single clients,", () => {
  it("prunes those that were idle for a day, two for each new outbox", () => {
    const world = new LedgerWorld();
    const old = names("a", 6);
    old.forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_RETENTION_MS;
    names("z", 4).forEach((client) => visit(world, client));
    expect(old.filter((client) => isKnown(world, client))).toEqual(old);
    world.nowMs += 1;
    const left: number[] = [];
    // With two more than there are, the scan has been round once.
    for (const client of names("y", 12)) {
      visit(world, client);
      left.push(old.filter((each) => isKnown(world, each)).length);
    }
    expect(left.map((now, at) => (left[at - 1] ?? 6) - now).every((gone) => gone <= 2)).toBe(true);
    expect(left.at(-1)).toBe(0);
    expect(names("y", 12).every((client) => isKnown(world, client))).toBe(true);
  });

  it("keeps a bounded number of them, day after day", () => {
    const world = new LedgerWorld({ maxStored: 10 });
    const aDay = 100;
    const most: number[] = [];
    for (let day = 0; day < 12; day += 1) {
      // The names rise on even days and fall on odd ones.
      const prefix = day % 2 === 0 ? `m${day}` : `m${90 - day}`;
      for (const client of names(prefix, aDay)) {
        world.nowMs += OUTBOX_RETENTION_MS / aDay;
        visit(world, client);
      }
      most.push(knownHubs(world.stores).length);
    }
    expect(Math.max(...most)).toBeLessThanOrEqual(3 * aDay);
  });

  it("goes on with its scan after an eviction, past outboxes that must stay", () => {
    const world = new LedgerWorld();
    for (const client of ["0", "1", "2"]) {
      world.ledger.accept(
        reportOf([begun(1, client)], { hub: `client:${client}`, outboxId: client }),
      );
    }
    const old = names("a", 20);
    old.forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_RETENTION_MS + 1;
    for (const client of names("z", 25)) {
      world.evict();
      visit(world, client);
    }
    expect(old.filter((client) => isKnown(world, client))).toEqual([]);
  });

  it("checks none for a report from a known outbox", () => {
    const world = new LedgerWorld();
    ["a", "b", "c"].forEach((client) => visit(world, client));
    world.nowMs += OUTBOX_RETENTION_MS + 1;
    const report = (seq: number) =>
      world.ledger.accept(reportOf([begun(seq, "z")], { hub: "client:z", outboxId: "z" }));
    report(1);
    const left = knownHubs(world.stores);
    for (let seq = 2; seq < 10; seq += 1) report(seq);
    expect(knownHubs(world.stores)).toEqual(left);
    expect(left.length).toBeGreaterThan(1);
  });

  it("remembers one while its client has a session, however long it does not report", () => {
    const world = new LedgerWorld();
    const lost = reportOf([begun(1, "alice", "s")], { hub: "client:alice", outboxId: "alice" });
    world.ledger.accept(lost);
    visit(world, "bob");
    for (let day = 0; day < 3; day += 1) {
      world.nowMs += OUTBOX_RETENTION_MS + 1;
      names(`z${day}`, 5).forEach((client) => visit(world, client));
    }
    expect([isKnown(world, "alice"), isKnown(world, "bob")]).toEqual([true, false]);
    world.emitted.length = 0;
    // The hub was away, and did not learn that its first event was taken.
    world.ledger.accept({ ...lost, events: [...lost.events, ended(2, "alice", "s", "lost")] });
    expect(world.emitted.map(({ id }) => id)).toEqual(["alice.2"]);
    world.nowMs += OUTBOX_RETENTION_MS + 1;
    names("y", 20).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
  });

  it("prunes one even though its client has a session in another hub", () => {
    const world = new LedgerWorld();
    visit(world, "alice");
    world.ledger.accept(reportOf([begun(1, "alice", "t")]));
    world.nowMs += OUTBOX_RETENTION_MS + 1;
    names("z", 3).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
  });

  it("remembers one for a day after its last report, even if that was a repeated one", () => {
    const world = new LedgerWorld();
    const stats = statsOf("t", { deltas: [["counted", 1]] });
    for (let hours = 0; hours < 100; hours += 20) {
      visit(world, "alice");
      world.ledger.accept(reportOf([], { hub: "client:bob", outboxId: "bob", stats }));
      names(`z${hours}`, 5).forEach((client) => visit(world, client));
      world.nowMs += 20 * HOUR_MS;
    }
    expect(world.emitted.filter(({ hub }) => hub === "client:alice")).toHaveLength(2);
    expect(world.sample("counted")).toBe(1);
  });

  it("takes the next events of one that it had pruned", () => {
    const world = new LedgerWorld();
    visit(world, "alice");
    world.nowMs += OUTBOX_RETENTION_MS + 1;
    names("z", 3).forEach((client) => visit(world, client));
    expect(isKnown(world, "alice")).toBe(false);
    world.emitted.length = 0;
    const next = reportOf([begun(3, "alice", "t")], { hub: "client:alice", outboxId: "alice" });
    expect(world.ledger.accept(next)).toEqual({ throughSequence: 3 });
    expect(world.ledger.accept(next)).toEqual({ throughSequence: 3 });
    expect(world.emitted.map(({ id }) => id)).toEqual(["alice.3"]);
  });
});

it("The Ledger never prunes the outboxes of the Worker and of hubs that clients share during its scan", () => {
  const world = new LedgerWorld();
  const hubs = ["main", "h0of7", "worker", "clients"];
  for (const hub of hubs) world.ledger.accept(reportOf([begun(1, "a")], { hub, outboxId: hub }));
  world.nowMs += OUTBOX_RETENTION_MS + 1;
  names("z", 20).forEach((client) => visit(world, client));
  expect(hubs.filter((hub) => world.stores.cursors.find(hub, hub) === undefined)).toEqual([]);
});
