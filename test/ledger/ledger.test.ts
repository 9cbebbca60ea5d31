/** What the Ledger makes of reports. What holds of all reports in any order is in ledger.property.test.ts. */
import { describe, expect, it } from "vitest";
import { SUMMARY_MS } from "../../src/ledger/ledger.ts";
import { clientId } from "../support/client-ids.ts";
import { EVENT_AT_MS, hubsOfOneLine } from "../support/events.ts";
import { begun, ended, LedgerWorld, reportOf, tallyOf } from "./support/ledger-world.ts";

const DROPPED = "signal_manager_events_dropped_total";
const PUBLISHED = "signal_manager_events_published_total";

function many(first: number, count: number) {
  return Array.from({ length: count }, (_, at) => begun(first + at, "alice"));
}

describe("an event", () => {
  it("that gave way in its hub's outbox is counted as dropped, once, by the gap that it left", () => {
    const world = new LedgerWorld();
    // Of an outbox that is new nobody knows what was before.
    world.ledger.take(reportOf([begun(5, "alice")]));
    expect(world.sample(DROPPED)).toBe(0);
    for (const _ of ["first", "again"]) world.ledger.take(reportOf(many(9, 2)));
    world.ledger.take(reportOf(many(11, 1)));
    expect(world.sample(DROPPED)).toBe(3);
  });

  it("is told, queued and indexed when it is reported first, and passed over when it comes again", () => {
    const world = new LedgerWorld();
    const report = reportOf([begun(1, "alice", "s"), begun(2, "bob", "t")]);
    expect(world.ledger.take(report)).toEqual({ throughSeq: 2 });
    expect(world.ledger.take(report)).toEqual({ throughSeq: 2 });
    expect(world.ledger.take(reportOf([begun(1, "alice", "s")]))).toEqual({ throughSeq: 2 });
    expect(world.ledger.take(reportOf([]))).toEqual({ throughSeq: 2 });
    expect(world.queued("main")).toEqual([
      {
        ...begun(1, "alice", "s").body,
        id: "outbox.1",
        hub: "main",
        line: "main",
        sequence: 1,
        atMs: EVENT_AT_MS + 1,
      },
      {
        ...begun(2, "bob", "t").body,
        id: "outbox.2",
        hub: "main",
        line: "main",
        sequence: 2,
        atMs: EVENT_AT_MS + 2,
      },
    ]);
    expect(world.told).toEqual(world.queued("main"));
    expect(world.stores.sessions.find(clientId("alice"))).toEqual({
      clientId: "alice",
      sessionId: "s",
      hub: "main",
      connectedAtMs: EVENT_AT_MS + 1,
    });
  });

  it("is taken past a gap, which a full outbox leaves", () => {
    const world = new LedgerWorld();
    world.ledger.take(reportOf([begun(1, "alice")]));
    expect(world.ledger.take(reportOf([begun(7, "bob")]))).toEqual({ throughSeq: 7 });
    expect(world.told.map(({ id }) => id)).toEqual(["outbox.1", "outbox.7"]);
  });

  it("is told and not kept where no sink takes it", () => {
    const world = new LedgerWorld({ queues: false, maxStored: 0 });
    world.ledger.take(reportOf([begun(1, "alice")]));
    expect([world.told.length, world.stores.queue.count, world.dropped.length]).toEqual([1, 0, 0]);
  });

  it("ends a session, counted by its reason and by how long it was", () => {
    const world = new LedgerWorld();
    world.ledger.take(reportOf([begun(1, "alice", "s"), begun(2, "bob", "t")]));
    world.ledger.take(reportOf([ended(3, "alice", "s", "timed-out")]));
    // A hub of a later version may know another reason.
    world.ledger.take(reportOf([ended(4, "bob", "t", "abducted")]));
    expect(world.stores.sessions.count).toBe(0);
    expect(world.sample('signal_manager_sessions_ended_total{reason="timed-out"}')).toBe(1);
    expect(world.sample("signal_manager_session_duration_seconds_sum")).toBe(5);
    expect(world.sample("signal_manager_session_duration_seconds_count")).toBe(2);
    expect(world.queued("main").map(({ type }) => type)).toContain("client.disconnected");
  });

  it("of a session that was replaced leaves the newer one in the index", () => {
    const world = new LedgerWorld();
    world.ledger.take(reportOf([begun(1, "alice", "old"), begun(2, "alice", "new")]));
    world.ledger.take(reportOf([ended(3, "alice", "old")]));
    expect(world.stores.sessions.find(clientId("alice"))?.sessionId).toBe("new");
  });

  it("is taken whole or not at all, and not told before", () => {
    const world = new LedgerWorld();
    const { put } = world.stores.progress;
    Object.assign(world.stores.progress, {
      put: () => {
        throw new Error("disk full");
      },
    });
    const report = reportOf([begun(1, "alice")], { tally: tallyOf("t", { deltas: [["a", 1]] }) });
    expect(() => world.ledger.take(report)).toThrow("disk full");
    expect([world.told.length, world.stores.queue.count, world.stores.sessions.count]).toEqual([
      0, 0, 0,
    ]);
    expect(world.stores.state.read()).toBeUndefined();
    Object.assign(world.stores.progress, { put });
    world.ledger.take(report);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([1]);
    expect(world.sample("a")).toBe(1);
  });
});

describe("a tally", () => {
  it("is added once, also when it comes behind those after it", () => {
    const world = new LedgerWorld();
    const tallies = Array.from({ length: 16 }, (_, at) =>
      tallyOf(`t-${at}`, {
        deltas: [
          ["a", 1],
          ["b", 2],
        ],
      }),
    );
    for (const tally of [...tallies, ...tallies]) world.ledger.take(reportOf([], { tally }));
    expect([world.sample("a"), world.sample("b")]).toEqual([16, 32]);
  });

  it("of each isolate is its own, though all report in one name", () => {
    const world = new LedgerWorld();
    for (const outboxId of ["isolate-1", "isolate-2", "isolate-1"]) {
      const tally = tallyOf(`of ${outboxId}`, { deltas: [["a", 1]] });
      world.ledger.take(reportOf([], { hub: "worker", outboxId, tally }));
    }
    expect(world.sample("a")).toBe(2);
  });

  it("tells its occasions as events, each with an id of its own", () => {
    const world = new LedgerWorld();
    const data = { source_client_id: "a", target_client_id: null, message_type: "SIGNAL_OFFER" };
    const occasions = [2, 3].map((count) => ({
      type: "signal.delivered" as const,
      data: { ...data, count },
    }));
    const tally = tallyOf("t", { occasions, atMs: 7 });
    world.ledger.take(reportOf([begun(1, "alice")], { tally }));
    world.ledger.take(reportOf([begun(1, "alice")], { tally }));
    expect(world.told.map(({ id, sequence, atMs }) => [id, sequence, atMs])).toEqual([
      ["outbox.1", 1, EVENT_AT_MS + 1],
      ["t.0", 2, 7],
      ["t.1", 3, 7],
    ]);
    expect(world.queued("main")).toEqual(world.told);
  });

  it("of an outbox that was silent for a day is forgotten when another of the hub comes", () => {
    const world = new LedgerWorld();
    world.ledger.take(reportOf(many(1, 1), { outboxId: "old" }));
    world.nowMs += 86_400_000;
    world.ledger.take(reportOf(many(1, 1), { outboxId: "new" }));
    expect(world.stores.progress.find("main", "old")).toBeDefined();
    world.nowMs += 1;
    world.ledger.take(reportOf(many(1, 1), { outboxId: "newer" }));
    expect(world.stores.progress.find("main", "old")).toBeUndefined();
    expect(world.stores.progress.find("main", "new")).toBeDefined();
  });
});

describe("what strangers do", () => {
  const summaries = { "client.auth_failed": 2, rate_limited: 0 } as const;

  it("is told once a minute and hub, as a number", () => {
    const world = new LedgerWorld();
    expect(world.ledger.nextSummaryMs()).toBeNull();
    for (const id of ["t", "u"]) {
      const tally = tallyOf(id, { summaries, atMs: world.nowMs });
      world.ledger.take(reportOf([], { tally }));
      world.nowMs += 1000;
    }
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + SUMMARY_MS);
    world.nowMs = EVENT_AT_MS + SUMMARY_MS - 1;
    world.ledger.summarise();
    expect(world.told).toEqual([]);
    world.nowMs += 1;
    world.ledger.summarise();
    world.ledger.summarise();
    expect(world.told).toEqual([
      {
        type: "client.auth_failed",
        data: {
          count: 4,
          since: new Date(EVENT_AT_MS).toISOString(),
          until: new Date(world.nowMs).toISOString(),
        },
        id: `main.client.auth_failed.${EVENT_AT_MS}`,
        hub: "main",
        line: "main",
        atMs: world.nowMs,
        sequence: 1,
      },
    ]);
    expect(world.queued("main")).toEqual(world.told);
    expect(world.ledger.nextSummaryMs()).toBeNull();
  });

  it("is told of each hub when its own minute is over", () => {
    const world = new LedgerWorld();
    for (const [hub, atMs] of [
      ["late", EVENT_AT_MS + 5000],
      ["early", EVENT_AT_MS],
    ] as const) {
      world.ledger.take(reportOf([], { hub, tally: tallyOf(hub, { summaries, atMs }) }));
    }
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + SUMMARY_MS);
    world.nowMs = EVENT_AT_MS + SUMMARY_MS;
    world.ledger.summarise();
    expect(world.told.map(({ hub }) => hub)).toEqual(["early"]);
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + 5000 + SUMMARY_MS);
  });
});

describe("a full storage", () => {
  it("keeps the newest of a hub's line, and counts what gave way", () => {
    const world = new LedgerWorld({ maxStored: 3 });
    world.ledger.take(reportOf(many(1, 3)));
    expect(world.dropped).toEqual([]);
    world.ledger.take(reportOf(many(4, 2)));
    expect(world.dropped.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
    expect(world.sample(DROPPED)).toBe(2);
  });

  it("gives up what is parked first, the oldest of it", () => {
    const world = new LedgerWorld({ maxStored: 3 });
    world.ledger.take(reportOf(many(1, 3)));
    world.park("main");
    world.park("main");
    world.ledger.take(reportOf(many(4, 1)));
    expect([world.parked, world.dropped.map(({ sequence }) => sequence)]).toEqual([[2], [1]]);
    world.ledger.take(reportOf(many(5, 2)));
    expect(world.dropped.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  });

  it("takes from the hub that grows, and from another only for a hub that has nothing", () => {
    const world = new LedgerWorld({ maxStored: 4 });
    world.ledger.take(reportOf(many(1, 2), { hub: "quiet", outboxId: "q" }));
    world.ledger.take(reportOf(many(1, 4)));
    expect(world.queued("quiet")).toHaveLength(2);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([5, 6]);
    for (const hub of ["x", "y", "z"]) {
      world.ledger.take(reportOf(many(1, 1), { hub, outboxId: hub }));
      expect(world.stores.queue.count).toBe(4);
      expect(world.queued(hub)).toHaveLength(1);
    }
  });

  it("takes from the line that grows, though the hub itself has nothing in it", () => {
    const world = new LedgerWorld({ maxStored: 4 });
    const [alice = "", bob = ""] = hubsOfOneLine(2);
    world.ledger.take(reportOf(many(1, 2), { hub: "quiet", outboxId: "q" }));
    world.ledger.take(reportOf(many(1, 2), { hub: alice, outboxId: "a" }));
    world.ledger.take(reportOf(many(1, 1), { hub: bob, outboxId: "b" }));
    expect(world.dropped.map(({ id }) => id)).toEqual(["a.1"]);
    expect(world.queued("clients-7").map(({ id }) => id)).toEqual(["a.2", "b.1"]);
    expect(world.queued("quiet")).toHaveLength(2);
  });

  it("shrinks to a bound that was lowered, two for each that comes", () => {
    const world = new LedgerWorld({ maxStored: 10 });
    world.ledger.take(reportOf(many(1, 10)));
    world.configured({ maxStored: 5 });
    world.ledger.take(reportOf(many(11, 3)));
    expect(world.stores.queue.count).toBe(7);
    world.ledger.take(reportOf(many(14, 10)));
    expect(world.stores.queue.count).toBe(5);
    expect(world.dropped).toHaveLength(18);
  });
});

function withParked(count: number): LedgerWorld {
  const world = new LedgerWorld({ maxStored: 5000 });
  world.ledger.take(reportOf(many(1, count + 1)));
  for (let parked = 0; parked < count; parked += 1) world.park("main");
  return world;
}

describe("a retry", () => {
  it("puts events back to where they were in their line, each once, and says how many", () => {
    const world = withParked(3);
    expect(world.ledger.retry([3, 1, 3, 99])).toBe(2);
    expect(world.parked).toEqual([2]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([1, 3, 4]);
    expect([world.stores.queue.count, world.stores.parked.count]).toEqual([3, 1]);
    expect(world.ledger.retry([3, 1])).toBe(0);
    expect(world.ledger.retry([])).toBe(0);
  });

  it("of all puts back every page of them", () => {
    const world = withParked(1201);
    expect(world.ledger.retry(null)).toBe(1201);
    expect([world.stores.queue.count, world.stores.parked.count]).toEqual([1202, 0]);
    expect(world.ledger.retry(null)).toBe(0);
  });
});

it("a delivery is counted by its outcome, and the events of those that were published", () => {
  const world = new LedgerWorld();
  const delivery = { line: "main", events: 3, reason: null };
  for (const outcome of ["published", "published", "retried", "split", "parked"] as const) {
    world.ledger.countDelivery({ ...delivery, outcome });
  }
  expect(world.sample(PUBLISHED)).toBe(6);
  const requests = (outcome: string) =>
    world.sample(`signal_manager_publish_requests_total{outcome="${outcome}"}`);
  expect(["published", "retried", "split", "parked"].map(requests)).toEqual([2, 1, 1, 1]);
});

it("the sequence rises on, whatever happened before the Ledger was made again", () => {
  const world = new LedgerWorld();
  world.ledger.take(reportOf(many(1, 2)));
  world.stores.queue.remove("main", [1, 2]);
  world.configured({});
  world.ledger.take(reportOf(many(3, 1)));
  expect(world.told.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});
