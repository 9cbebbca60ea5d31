/** What the Ledger makes of reports. What holds for any reports in any order is in ledger.property.test.ts. */
import { describe, expect, it } from "vitest";
import { SUMMARY_PERIOD_MS } from "../../src/ledger/ledger.ts";
import { clientId } from "../support/client-ids.ts";
import { EVENT_AT_MS, hubsOfOnePartition } from "../support/events.ts";
import { begun, ended, LedgerWorld, reportOf, statsOf } from "./support/ledger-world.ts";

const DROPPED = "signal_manager_events_dropped_total";
const PUBLISHED = "signal_manager_events_published_total";

function many(first: number, count: number) {
  return Array.from({ length: count }, (_, at) => begun(first + at, "alice"));
}

describe("The Ledger", () => {
  it("counts an event that a full outbox dropped, once, by the gap that it left", () => {
    const world = new LedgerWorld();
    // In a new outbox the first gap may be what was reported long ago.
    world.ledger.accept(reportOf([begun(5, "alice")]));
    expect(world.sample(DROPPED)).toBe(0);
    for (const _ of ["first", "again"]) world.ledger.accept(reportOf(many(9, 2)));
    world.ledger.accept(reportOf(many(11, 1)));
    expect(world.sample(DROPPED)).toBe(3);
  });

  it("emits, queues and indexes an event that is new, and skips it when it is reported again", () => {
    const world = new LedgerWorld();
    const report = reportOf([begun(1, "alice", "s"), begun(2, "bob", "t")]);
    expect(world.ledger.accept(report)).toEqual({ throughSequence: 2 });
    expect(world.ledger.accept(report)).toEqual({ throughSequence: 2 });
    expect(world.ledger.accept(reportOf([begun(1, "alice", "s")]))).toEqual({ throughSequence: 2 });
    expect(world.ledger.accept(reportOf([]))).toEqual({ throughSequence: 2 });
    expect(world.queued("main")).toEqual([
      {
        ...begun(1, "alice", "s").body,
        id: "outbox.1",
        hub: "main",
        partition: "main",
        sequence: 1,
        atMs: EVENT_AT_MS + 1,
      },
      {
        ...begun(2, "bob", "t").body,
        id: "outbox.2",
        hub: "main",
        partition: "main",
        sequence: 2,
        atMs: EVENT_AT_MS + 2,
      },
    ]);
    expect(world.emitted).toEqual(world.queued("main"));
    expect(world.stores.sessions.find(clientId("alice"))).toEqual({
      clientId: "alice",
      sessionId: "s",
      hub: "main",
      connectedAtMs: EVENT_AT_MS + 1,
    });
  });

  it("takes events behind a gap, which a full outbox leaves", () => {
    const world = new LedgerWorld();
    world.ledger.accept(reportOf([begun(1, "alice")]));
    expect(world.ledger.accept(reportOf([begun(7, "bob")]))).toEqual({ throughSequence: 7 });
    expect(world.emitted.map(({ id }) => id)).toEqual(["outbox.1", "outbox.7"]);
  });

  it("emits events and stores none if no stored sink is configured", () => {
    const world = new LedgerWorld({ storesEvents: false, maxStored: 0 });
    world.ledger.accept(reportOf([begun(1, "alice")]));
    expect([world.emitted.length, world.stores.queue.count, world.dropped.length]).toEqual([
      1, 0, 0,
    ]);
  });

  it("counts the end of a session by its reason and its duration", () => {
    const world = new LedgerWorld();
    world.ledger.accept(reportOf([begun(1, "alice", "s"), begun(2, "bob", "t")]));
    world.ledger.accept(reportOf([ended(3, "alice", "s", "timed-out")]));
    // A hub of a later release may report another reason.
    world.ledger.accept(reportOf([ended(4, "bob", "t", "abducted")]));
    expect(world.stores.sessions.count).toBe(0);
    expect(world.sample('signal_manager_sessions_ended_total{reason="timed-out"}')).toBe(1);
    expect(world.sample("signal_manager_session_duration_seconds_sum")).toBe(5);
    expect(world.sample("signal_manager_session_duration_seconds_count")).toBe(2);
    expect(world.queued("main").map(({ type }) => type)).toContain("client.disconnected");
  });

  it("keeps the newer session of a client in the index when the replaced one ends", () => {
    const world = new LedgerWorld();
    world.ledger.accept(reportOf([begun(1, "alice", "old"), begun(2, "alice", "new")]));
    world.ledger.accept(reportOf([ended(3, "alice", "old")]));
    expect(world.stores.sessions.find(clientId("alice"))?.sessionId).toBe("new");
  });

  it("takes a report whole or not at all, and emits nothing before it is committed", () => {
    const world = new LedgerWorld();
    const { put } = world.stores.cursors;
    Object.assign(world.stores.cursors, {
      put: () => {
        throw new Error("disk full");
      },
    });
    const report = reportOf([begun(1, "alice")], { stats: statsOf("t", { deltas: [["a", 1]] }) });
    expect(() => world.ledger.accept(report)).toThrow("disk full");
    expect([world.emitted.length, world.stores.queue.count, world.stores.sessions.count]).toEqual([
      0, 0, 0,
    ]);
    expect(world.stores.state.read()).toBeUndefined();
    Object.assign(world.stores.cursors, { put });
    world.ledger.accept(report);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([1]);
    expect(world.sample("a")).toBe(1);
  });
});

describe("The Ledger, for a stats delta,", () => {
  it("adds it once, even if it comes again behind later ones", () => {
    const world = new LedgerWorld();
    const deltas = Array.from({ length: 16 }, (_, at) =>
      statsOf(`t-${at}`, {
        deltas: [
          ["a", 1],
          ["b", 2],
        ],
      }),
    );
    for (const stats of [...deltas, ...deltas]) world.ledger.accept(reportOf([], { stats }));
    expect([world.sample("a"), world.sample("b")]).toEqual([16, 32]);
  });

  it("keeps those of several isolates apart, though all report under one name", () => {
    const world = new LedgerWorld();
    for (const outboxId of ["isolate-1", "isolate-2", "isolate-1"]) {
      const stats = statsOf(`of ${outboxId}`, { deltas: [["a", 1]] });
      world.ledger.accept(reportOf([], { hub: "worker", outboxId, stats }));
    }
    expect(world.sample("a")).toBe(2);
  });

  it("emits its immediate events, each with an id of its own", () => {
    const world = new LedgerWorld();
    const data = { source_client_id: "a", target_client_id: null, message_type: "SIGNAL_OFFER" };
    const immediateEvents = [2, 3].map((count) => ({
      type: "signal.delivered" as const,
      data: { ...data, count },
    }));
    const stats = statsOf("t", { immediateEvents, atMs: 7 });
    world.ledger.accept(reportOf([begun(1, "alice")], { stats }));
    world.ledger.accept(reportOf([begun(1, "alice")], { stats }));
    expect(world.emitted.map(({ id, sequence, atMs }) => [id, sequence, atMs])).toEqual([
      ["outbox.1", 1, EVENT_AT_MS + 1],
      ["t.0", 2, 7],
      ["t.1", 3, 7],
    ]);
    expect(world.queued("main")).toEqual(world.emitted);
  });

  it("prunes the cursor of an outbox that was idle for a day when the hub has another outbox", () => {
    const world = new LedgerWorld();
    world.ledger.accept(reportOf(many(1, 1), { outboxId: "old" }));
    world.nowMs += 86_400_000;
    world.ledger.accept(reportOf(many(1, 1), { outboxId: "new" }));
    expect(world.stores.cursors.find("main", "old")).toBeDefined();
    world.nowMs += 1;
    world.ledger.accept(reportOf(many(1, 1), { outboxId: "newer" }));
    expect(world.stores.cursors.find("main", "old")).toBeUndefined();
    expect(world.stores.cursors.find("main", "new")).toBeDefined();
  });
});

describe("The Ledger, for what unauthenticated callers cause,", () => {
  const summaries = { "client.auth_failed": 2, rate_limited: 0 } as const;

  it("emits one event per minute and hub, with their number", () => {
    const world = new LedgerWorld();
    expect(world.ledger.nextSummaryMs()).toBeNull();
    for (const id of ["t", "u"]) {
      const stats = statsOf(id, { summaries, atMs: world.nowMs });
      world.ledger.accept(reportOf([], { stats }));
      world.nowMs += 1000;
    }
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + SUMMARY_PERIOD_MS);
    world.nowMs = EVENT_AT_MS + SUMMARY_PERIOD_MS - 1;
    world.ledger.emitSummaries();
    expect(world.emitted).toEqual([]);
    world.nowMs += 1;
    world.ledger.emitSummaries();
    world.ledger.emitSummaries();
    expect(world.emitted).toEqual([
      {
        type: "client.auth_failed",
        data: {
          count: 4,
          since: new Date(EVENT_AT_MS).toISOString(),
          until: new Date(world.nowMs).toISOString(),
        },
        id: `main.client.auth_failed.${EVENT_AT_MS}`,
        hub: "main",
        partition: "main",
        atMs: world.nowMs,
        sequence: 1,
      },
    ]);
    expect(world.queued("main")).toEqual(world.emitted);
    expect(world.ledger.nextSummaryMs()).toBeNull();
  });

  it("emits the event of each hub when the hub's own minute is over", () => {
    const world = new LedgerWorld();
    for (const [hub, atMs] of [
      ["late", EVENT_AT_MS + 5000],
      ["early", EVENT_AT_MS],
    ] as const) {
      world.ledger.accept(reportOf([], { hub, stats: statsOf(hub, { summaries, atMs }) }));
    }
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + SUMMARY_PERIOD_MS);
    world.nowMs = EVENT_AT_MS + SUMMARY_PERIOD_MS;
    world.ledger.emitSummaries();
    expect(world.emitted.map(({ hub }) => hub)).toEqual(["early"]);
    expect(world.ledger.nextSummaryMs()).toBe(EVENT_AT_MS + 5000 + SUMMARY_PERIOD_MS);
  });
});

describe("The Ledger, when its storage is full,", () => {
  it("keeps the newest events of a partition, and counts those that it dropped", () => {
    const world = new LedgerWorld({ maxStored: 3 });
    world.ledger.accept(reportOf(many(1, 3)));
    expect(world.dropped).toEqual([]);
    world.ledger.accept(reportOf(many(4, 2)));
    expect(world.dropped.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
    expect(world.sample(DROPPED)).toBe(2);
  });

  it("drops parked events first, the oldest of them", () => {
    const world = new LedgerWorld({ maxStored: 3 });
    world.ledger.accept(reportOf(many(1, 3)));
    world.park("main");
    world.park("main");
    world.ledger.accept(reportOf(many(4, 1)));
    expect([world.parked, world.dropped.map(({ sequence }) => sequence)]).toEqual([[2], [1]]);
    world.ledger.accept(reportOf(many(5, 2)));
    expect(world.dropped.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  });

  it("drops from the partition that grows, and from another one only if that one is empty", () => {
    const world = new LedgerWorld({ maxStored: 4 });
    world.ledger.accept(reportOf(many(1, 2), { hub: "quiet", outboxId: "q" }));
    world.ledger.accept(reportOf(many(1, 4)));
    expect(world.queued("quiet")).toHaveLength(2);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([5, 6]);
    for (const hub of ["x", "y", "z"]) {
      world.ledger.accept(reportOf(many(1, 1), { hub, outboxId: hub }));
      expect(world.stores.queue.count).toBe(4);
      expect(world.queued(hub)).toHaveLength(1);
    }
  });

  it("drops from the partition that grows, even if the hub itself has no event in it", () => {
    const world = new LedgerWorld({ maxStored: 4 });
    const [alice = "", bob = ""] = hubsOfOnePartition(2);
    world.ledger.accept(reportOf(many(1, 2), { hub: "quiet", outboxId: "q" }));
    world.ledger.accept(reportOf(many(1, 2), { hub: alice, outboxId: "a" }));
    world.ledger.accept(reportOf(many(1, 1), { hub: bob, outboxId: "b" }));
    expect(world.dropped.map(({ id }) => id)).toEqual(["a.1"]);
    expect(world.queued("clients-7").map(({ id }) => id)).toEqual(["a.2", "b.1"]);
    expect(world.queued("quiet")).toHaveLength(2);
  });

  it("shrinks to a lowered bound by two events for each that comes", () => {
    const world = new LedgerWorld({ maxStored: 10 });
    world.ledger.accept(reportOf(many(1, 10)));
    world.configured({ maxStored: 5 });
    world.ledger.accept(reportOf(many(11, 3)));
    expect(world.stores.queue.count).toBe(7);
    world.ledger.accept(reportOf(many(14, 10)));
    expect(world.stores.queue.count).toBe(5);
    expect(world.dropped).toHaveLength(18);
  });
});

function withParked(count: number): LedgerWorld {
  const world = new LedgerWorld({ maxStored: 5000 });
  world.ledger.accept(reportOf(many(1, count + 1)));
  for (let parked = 0; parked < count; parked += 1) world.park("main");
  return world;
}

describe("retry", () => {
  it("puts events back to their place in the partition, each once, and returns how many", () => {
    const world = withParked(3);
    expect(world.ledger.requeueParked([3, 1, 3, 99])).toBe(2);
    expect(world.parked).toEqual([2]);
    expect(world.queued("main").map(({ sequence }) => sequence)).toEqual([1, 3, 4]);
    expect([world.stores.queue.count, world.stores.parked.count]).toEqual([3, 1]);
    expect(world.ledger.requeueParked([3, 1])).toBe(0);
    expect(world.ledger.requeueParked([])).toBe(0);
  });

  it("puts back every page of them if it gets null", () => {
    const world = withParked(1201);
    expect(world.ledger.requeueParked(null)).toBe(1201);
    expect([world.stores.queue.count, world.stores.parked.count]).toEqual([1202, 0]);
    expect(world.ledger.requeueParked(null)).toBe(0);
  });
});

it("countPublish counts each request by its outcome, and the events of those that were published", () => {
  const world = new LedgerWorld();
  const result = { sink: "pubsub", partition: "main", events: 3, reason: null };
  for (const outcome of ["published", "published", "retried", "split", "parked"] as const) {
    world.ledger.countPublish({ ...result, outcome });
  }
  expect(world.sample(PUBLISHED)).toBe(6);
  const requests = (outcome: string) =>
    world.sample(`signal_manager_publish_requests_total{outcome="${outcome}"}`);
  expect(["published", "retried", "split", "parked"].map(requests)).toEqual([2, 1, 1, 1]);
});

it("The sequence goes on rising after a restart", () => {
  const world = new LedgerWorld();
  world.ledger.accept(reportOf(many(1, 2)));
  world.stores.queue.of("pubsub").remove("main", [1, 2]);
  world.configured({});
  world.ledger.accept(reportOf(many(3, 1)));
  expect(world.emitted.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});
