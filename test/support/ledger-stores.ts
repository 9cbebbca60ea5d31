/** What the Ledger's stores promise (`src/ledger/ports.ts`), checked on the platform's SQLite and on Node's. */
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "../../src/events/event-types.ts";
import type { LedgerStores, OutboxCursor, SessionEntry } from "../../src/ledger/ports.ts";
import { sqlLedgerStores } from "../../src/worker/sqlite/ledger-stores.ts";
import { clientId } from "./client-ids.ts";
import { connected, hubsOfOnePartition, stored } from "./events.ts";

/** Calls `use` with an empty storage of its own. */
export type WithStorage = (use: (storage: DurableObjectStorage) => void) => Promise<void> | void;

/** `again` returns the stores that a Ledger finds when it wakes. */
type Use = (stores: LedgerStores, again: () => LedgerStores) => void;
type Stores = (use: Use, sinks?: readonly string[]) => () => Promise<void> | void;

const SINK = "pubsub";
const OTHER = "webhook";

export function describeLedgerStores(withStorage: WithStorage): void {
  const stores: Stores =
    (use, sinks = [SINK]) =>
    () =>
      withStorage((storage) =>
        use(sqlLedgerStores(storage, sinks), () => sqlLedgerStores(storage, sinks)),
      );

  describeQueue(stores);
  describeSinks(stores, withStorage);
  describeParked(stores);
  describeSessions(stores);
  describeSmallOnes(stores, withStorage);
  describeRollback(stores);
}

function event(hub: string, sequence: number) {
  return stored(connected(`client-${sequence}`), { hub, sequence });
}

function sequences({ queue }: LedgerStores, partition: string, limit = 100, sink = SINK) {
  return sequencesOf(queue.of(sink).head(partition, limit));
}

function sequencesOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ sequence }) => sequence);
}

function partitions({ queue }: LedgerStores, sink = SINK): string[] {
  return [...queue.of(sink).partitions()];
}

function describeQueue(stores: Stores): void {
  describe("The queue of one sink", () => {
    it(
      "returns each partition in the order of sequences, whatever the order of arrival",
      stores((given, again) => {
        for (const [hub, sequence] of [
          ["b", 9],
          ["a", 4],
          ["b", 10],
          ["b", 2],
        ] as const) {
          given.queue.append(event(hub, sequence));
        }
        for (const at of [given, again()]) {
          expect(new Set(partitions(at))).toEqual(new Set(["a", "b"]));
          expect(at.queue.count).toBe(4);
          expect(sequences(at, "b")).toEqual([2, 9, 10]);
          expect(sequences(at, "b", 2)).toEqual([2, 9]);
          expect(sequences(at, "nobody")).toEqual([]);
        }
        expect(given.queue.of(SINK).head("a", 1)).toEqual([event("a", 4)]);
      }),
    );

    it(
      "removes the given events and no others, and returns those that were there",
      stores((given, again) => {
        for (const sequence of [1, 2, 3, 4]) given.queue.append(event("a", sequence));
        given.queue.append(event("b", 5));
        const queue = given.queue.of(SINK);
        expect(queue.remove("a", [1, 3, 5, 7])).toEqual(new Set([1, 3]));
        expect(queue.remove("a", [1, 3])).toEqual(new Set());
        expect(queue.remove("a", [])).toEqual(new Set());
        for (const at of [given, again()]) {
          expect(sequences(at, "a")).toEqual([2, 4]);
          expect(sequences(at, "b")).toEqual([5]);
          expect(at.queue.count).toBe(3);
        }
        queue.remove("a", [2, 4]);
        expect([partitions(given), partitions(again())]).toEqual([["b"], ["b"]]);
        expect(given.queue.count).toBe(1);
      }),
    );

    it(
      "lists the partition last from which something was just removed",
      stores((given) => {
        for (const hub of ["a", "b", "c"]) {
          for (const sequence of [1, 2]) given.queue.append(event(hub, sequence));
        }
        given.queue.of(SINK).remove("a", [1]);
        expect(partitions(given)).toEqual(["b", "c", "a"]);
        given.queue.append(event("b", 3));
        expect(partitions(given)).toEqual(["b", "c", "a"]);
      }),
    );

    it(
      "keeps the last retry state of each partition",
      stores((given, again) => {
        const [first, second] = [1, 2].map((tries) => ({ tries, retryAtMs: 5.5, reason: "503" }));
        const queue = given.queue.of(SINK);
        queue.setRetryState("a", first ?? null);
        queue.setRetryState("a", second ?? null);
        queue.setRetryState("b", first ?? null);
        queue.setRetryState("b", null);
        for (const at of [queue, again().queue.of(SINK)]) {
          expect(at.retryState("a")).toEqual(second);
          expect(at.retryState("b")).toBeUndefined();
        }
      }),
    );

    it(
      "stores any name and any data",
      stores((given) => {
        const hub = `%_'"\u{10FFFF}\u0000${"ü".repeat(3000)}`;
        const odd = stored(connected("a\u2028%\u{1F98A}"), { hub, sequence: 2 ** 53 - 1 });
        given.queue.append(odd);
        expect(partitions(given)).toEqual([hub]);
        expect(given.queue.of(SINK).head(hub, 1)).toEqual([odd]);
        expect(given.queue.of(SINK).remove(hub, [2 ** 53 - 1]).size).toBe(1);
        expect(partitions(given)).toEqual([]);
      }),
    );

    it(
      "holds the hubs of one partition together, each event with its hub",
      stores((given, again) => {
        const [one = "", other = ""] = hubsOfOnePartition(2);
        const events = [event(one, 1), event(other, 2), event(one, 3)];
        for (const each of events.toReversed()) given.queue.append(each);
        for (const at of [given, again()]) {
          expect(partitions(at)).toEqual(["clients-7"]);
          expect(at.queue.of(SINK).head("clients-7", 9)).toEqual(events);
        }
      }),
    );

    it(
      "refuses to hold an event twice",
      stores(({ queue }) => {
        queue.append(event("a", 1));
        expect(() => queue.append(event("a", 1))).toThrow("UNIQUE");
        expect(queue.count).toBe(1);
      }),
    );

    it(
      "drops the oldest event of a partition, or of the partition that has waited longest",
      stores((given, again) => {
        for (const [hub, sequence] of [
          ["a", 1],
          ["b", 2],
          ["b", 3],
        ] as const) {
          given.queue.append(event(hub, sequence));
        }
        expect(given.queue.dropOldest("b")).toEqual(event("b", 2));
        expect(given.queue.dropOldest("nobody")).toEqual(event("a", 1));
        expect(again().queue.dropOldest("nobody")).toEqual(event("b", 3));
        expect(again().queue.dropOldest("nobody")).toBeUndefined();
      }),
    );

    it(
      "returns the time of its oldest event",
      stores(({ queue }) => {
        expect(queue.oldestAtMs()).toBeNull();
        for (const [hub, sequence, atMs] of [
          ["a", 1, 70],
          ["b", 2, 50],
          ["b", 3, 10],
        ] as const) {
          queue.append({ ...event(hub, sequence), atMs });
        }
        // The head of a partition stands for it.
        expect(queue.oldestAtMs()).toBe(50);
      }),
    );

    it(
      "puts a parked event back to its place",
      stores((given, again) => {
        for (const sequence of [2, 4]) given.queue.append(event("a", sequence));
        given.queue.requeue(event("a", 3), SINK);
        given.queue.requeue(event("b", 1), SINK);
        for (const at of [given, again()]) {
          expect(sequences(at, "a")).toEqual([2, 3, 4]);
          expect(sequences(at, "a", 2)).toEqual([2, 3]);
          expect(new Set(partitions(at))).toEqual(new Set(["a", "b"]));
          expect(at.queue.count).toBe(4);
        }
        expect(given.queue.of(SINK).remove("a", [2, 3])).toEqual(new Set([2, 3]));
        expect(given.queue.dropOldest("b")).toEqual(event("b", 1));
        expect([sequences(again(), "a"), again().queue.count]).toEqual([[4], 1]);
      }),
    );
  });
}

function rowsOf({ sql }: DurableObjectStorage, table: string) {
  return sql.exec(`SELECT * FROM ${table}`).toArray();
}

function describeSinks(stores: Stores, withStorage: WithStorage): void {
  describe("The queue of two sinks", () => {
    it(
      "keeps an event until both are done with it, and a place for each",
      stores(
        (given, again) => {
          for (const sequence of [1, 2, 3]) given.queue.append(event("a", sequence));
          expect(given.queue.of(SINK).remove("a", [1, 2])).toEqual(new Set([1, 2]));
          for (const at of [given, again()]) {
            expect(sequences(at, "a", 9, SINK)).toEqual([3]);
            expect(sequences(at, "a", 9, OTHER)).toEqual([1, 2, 3]);
            expect(at.queue.count).toBe(3);
          }
          expect(given.queue.of(OTHER).remove("a", [1])).toEqual(new Set([1]));
          expect([again().queue.count, sequences(again(), "a", 9, OTHER)]).toEqual([2, [2, 3]]);
          given.queue.of(OTHER).remove("a", [2, 3]);
          given.queue.of(SINK).remove("a", [3]);
          expect([given.queue.count, again().queue.count]).toEqual([0, 0]);
          expect([partitions(given, SINK), partitions(given, OTHER)]).toEqual([[], []]);
        },
        [SINK, OTHER],
      ),
    );

    it(
      "lists a partition for the sink alone that it has an event for",
      stores(
        (given, again) => {
          given.queue.append(event("a", 1));
          given.queue.append(event("b", 2));
          given.queue.of(SINK).remove("a", [1]);
          given.queue.of(OTHER).remove("b", [2]);
          for (const at of [given, again()]) {
            expect([partitions(at, SINK), partitions(at, OTHER)]).toEqual([["b"], ["a"]]);
          }
        },
        [SINK, OTHER],
      ),
    );

    it(
      "puts a parked event back for one sink, wherever the other stands",
      stores(
        (given, again) => {
          for (const sequence of [1, 2]) given.queue.append(event("a", sequence));
          given.queue.of(SINK).remove("a", [1]);
          given.queue.requeue(event("a", 1), SINK);
          for (const at of [given, again()]) {
            expect(sequences(at, "a", 9, SINK)).toEqual([1, 2]);
            expect(sequences(at, "a", 9, OTHER)).toEqual([1, 2]);
          }
          given.queue.of(OTHER).remove("a", [1, 2]);
          expect([sequences(again(), "a", 9, SINK), partitions(again(), OTHER)]).toEqual([
            [1, 2],
            [],
          ]);
          expect(given.queue.of(SINK).remove("a", [1, 2])).toEqual(new Set([1, 2]));
          expect(again().queue.count).toBe(0);
        },
        [SINK, OTHER],
      ),
    );

    it(
      "keeps retry states apart",
      stores(
        (given, again) => {
          const state = { tries: 1, retryAtMs: 5, reason: "503" };
          given.queue.of(OTHER).setRetryState("a", state);
          for (const { queue } of [given, again()]) {
            expect(queue.of(SINK).retryState("a")).toBeUndefined();
            expect(queue.of(OTHER).retryState("a")).toEqual(state);
          }
        },
        [SINK, OTHER],
      ),
    );

    it("writes a cursor only while the other sink needs the events", () =>
      withStorage((storage) => {
        const { queue } = sqlLedgerStores(storage, [SINK, OTHER]);
        queue.append(event("a", 1));
        queue.of(SINK).remove("a", [1]);
        expect(rowsOf(storage, "sink_cursors")).toEqual([
          { sink: SINK, partition: "a", sequence: 1 },
        ]);
        queue.of(OTHER).remove("a", [1]);
        expect(rowsOf(storage, "sink_cursors")).toHaveLength(1);
        expect(rowsOf(storage, "queue")).toEqual([]);
      }));

    it("writes no cursor for a sink alone", () =>
      withStorage((storage) => {
        const { queue } = sqlLedgerStores(storage, [SINK]);
        queue.append(event("a", 1));
        queue.of(SINK).remove("a", [1]);
        expect(rowsOf(storage, "sink_cursors")).toEqual([]);
      }));

    it("keeps what waits for a sink that is not configured for now", () =>
      withStorage((storage) => {
        const both = () => sqlLedgerStores(storage, [SINK, OTHER]);
        const { queue } = both();
        for (const sequence of [1, 2]) queue.append(event("a", sequence));
        queue.of(SINK).remove("a", [1]);
        const alone = sqlLedgerStores(storage, [SINK]);
        expect(() => alone.queue.of(OTHER)).toThrow("not configured");
        alone.queue.requeue(event("a", 0), OTHER);
        expect(alone.queue.count).toBe(3);
        expect(sequences(alone, "a", 9, SINK)).toEqual([2]);
        expect(sequences(both(), "a", 9, OTHER)).toEqual([0, 1, 2]);
        // It is dropped like any other event.
        expect(sqlLedgerStores(storage, [SINK]).queue.dropOldest("a")).toEqual(event("a", 0));
      }));
  });
}

const REFUSAL = { sink: SINK, reason: "400: bad", parkedAtMs: 7 };

function parkedEvent(sequence: number) {
  return { event: event("a", sequence), sinks: [SINK], reason: "400: bad", parkedAtMs: 7 };
}

function describeParked(stores: Stores): void {
  describe("The parked events", () => {
    it(
      "are found, listed in order of sequence page by page, and removed",
      stores((given, again) => {
        for (const sequence of [5, 1, 3]) given.parked.park(event("a", sequence), REFUSAL);
        for (const at of [given.parked, again().parked]) {
          expect(at.count).toBe(3);
          expect(at.find(3)).toEqual(parkedEvent(3));
          expect(at.find(2)).toBeUndefined();
          expect(at.page(0, 2)).toEqual([parkedEvent(1), parkedEvent(3)]);
          expect(at.page(1, 2)).toEqual([parkedEvent(3), parkedEvent(5)]);
          expect(at.page(5, 2)).toEqual([]);
          expect(at.page(-1, 1)).toEqual([parkedEvent(1)]);
        }
        given.parked.remove(3);
        given.parked.remove(3);
        expect(given.parked.count).toBe(2);
        expect(again().parked.count).toBe(2);
        expect(given.parked.page(0, 9)).toEqual([parkedEvent(1), parkedEvent(5)]);
      }),
    );

    it(
      "name every sink that refused the event, with its reason",
      stores(({ parked }, again) => {
        parked.park(event("a", 1), REFUSAL);
        parked.park(event("a", 1), { sink: OTHER, reason: "410: gone", parkedAtMs: 8 });
        expect([parked.count, again().parked.count]).toEqual([1, 1]);
        parked.park(event("a", 1), { sink: "third", reason: "400: no", parkedAtMs: 9 });
        expect(parked.find(1)).toEqual({
          event: event("a", 1),
          sinks: [SINK, OTHER, "third"],
          reason: "pubsub: 400: bad; webhook: 410: gone; third: 400: no",
          parkedAtMs: 9,
        });
      }),
    );
  });
}

function entry(id: string, sessionId = "s"): SessionEntry {
  return { clientId: clientId(id), sessionId, hub: "main", connectedAtMs: 1 };
}

/** In SQLite's order, by code points. UTF-16 would put the fox before U+FFFD. */
const ODD = ["%", "a", "a%", "a_", "ab", "aü", "a\uFFFD", "a🦊", "a\u{10FFFF}b", "b", "ü"];

function describeSessions(stores: Stores): void {
  describe("The index of sessions", () => {
    it(
      "holds the last session of each client, and removes it only by its own id",
      stores((given, again) => {
        given.sessions.put(entry("alice", "old"));
        given.sessions.put(entry("alice", "new"));
        given.sessions.remove(clientId("alice"), "old");
        given.sessions.remove(clientId("bob"), "new");
        for (const { sessions } of [given, again()]) {
          expect(sessions.count).toBe(1);
          expect(sessions.find(clientId("alice"))).toEqual(entry("alice", "new"));
          expect(sessions.find(clientId("bob"))).toBeUndefined();
        }
        given.sessions.remove(clientId("alice"), "new");
        expect([given.sessions.count, again().sessions.count]).toEqual([0, 0]);
      }),
    );

    it.each([
      ["", null, ODD],
      ["a", null, ODD.slice(1, 9)],
      ["a%", null, ["a%"]],
      ["a_", null, ["a_"]],
      ["a\u{10FFFF}", null, ["a\u{10FFFF}b"]],
      ["\u{10FFFF}", null, []],
      ["ü", null, ["ü"]],
      ["a", "a_", ODD.slice(4, 9)],
      ["a", "a`", ODD.slice(4, 9)],
      ["a", "a🦊", ["a\u{10FFFF}b"]],
      ["a", "a\u{10FFFF}b", []],
      ["a", "z", []],
      ["a", "%", ODD.slice(1, 9)],
      ["", "a\uFFFD", ODD.slice(7)],
    ])("lists the clients that begin with %j and come after %j", (prefix, after, expected) =>
      stores((given) => {
        for (const id of ODD.toReversed()) given.sessions.put(entry(id));
        const all = given.sessions.page(prefix, after, 100);
        expect(all.map((found) => found.clientId)).toEqual(expected);
        expect(given.sessions.page(prefix, after, 2)).toEqual(all.slice(0, 2));
      })(),
    );
  });
}

function reported(lastReportAtMs: number): OutboxCursor {
  return { sequence: lastReportAtMs * 2, statsIds: ["t"], lastReportAtMs };
}

function describeSmallOnes(stores: Stores, withStorage: WithStorage): void {
  it(
    "The outbox cursors are kept by hub and outbox, and pruned if there was no report since",
    stores((given, again) => {
      given.cursors.put("a", "1", { sequence: 1, statsIds: [], lastReportAtMs: 1 });
      given.cursors.put("a", "1", reported(5));
      given.cursors.put("a", "2", reported(9));
      given.cursors.put("b", "1", reported(4));
      expect(again().cursors.find("a", "1")).toEqual(reported(5));
      given.cursors.prune("a", 9);
      expect(given.cursors.find("a", "1")).toBeUndefined();
      expect(given.cursors.find("a", "2")).toEqual(reported(9));
      expect(given.cursors.find("b", "1")).toEqual(reported(4));
      expect(given.cursors.find("b", "2")).toBeUndefined();
    }),
  );

  it(
    "hubAfter returns each hub with a cursor once, in the order of names",
    stores(({ cursors }) => {
      for (const hub of ["b", "client:", "client:ü", "client:a", "a", "client:a"]) {
        for (const outboxId of ["1", "2"]) cursors.put(hub, outboxId, reported(1));
      }
      const hubs: string[] = [];
      for (let hub = cursors.hubAfter(""); hub !== undefined; hub = cursors.hubAfter(hub)) {
        hubs.push(hub);
      }
      expect(hubs).toEqual(["a", "b", "client:", "client:a", "client:ü"]);
    }),
  );

  it("The state of an early release is read, the names of its counters translated", () =>
    withStorage((storage) => {
      const { state } = sqlLedgerStores(storage, [SINK]);
      storage.sql.exec(
        `INSERT INTO state (id, json)
         VALUES (1, '{"nextSequence":5,"samples":{"a":2,"signal_manager_messages_total{type=\\"error\\"}":3}}')`,
      );
      expect(state.read()).toEqual({
        nextSequence: 5,
        pruneCursor: "",
        samples: { a: 2, 'signal_manager_frames_total{type="error"}': 3 },
      });
    }));

  it("The state is stored under the names that earlier releases read", () =>
    withStorage((storage) => {
      const { state } = sqlLedgerStores(storage, [SINK]);
      state.write({ nextSequence: 5, pruneCursor: "client:a", samples: { a: 2 } });
      const { json } = storage.sql.exec<{ json: string }>("SELECT json FROM state").one();
      expect(JSON.parse(json)).toEqual({
        nextSequence: 5,
        walkedTo: "client:a",
        samples: { a: 2 },
      });
    }));

  it(
    "The summaries add up by hub and type, from the first one on",
    stores(({ summaries }, again) => {
      const type = "rate_limited";
      summaries.add({ hub: "a", type, count: 2, sinceMs: 10 });
      summaries.add({ hub: "a", type, count: 3, sinceMs: 20 });
      summaries.add({ hub: "a", type: "client.auth_failed", count: 1, sinceMs: 20 });
      summaries.add({ hub: "b", type, count: 1, sinceMs: 30 });
      summaries.remove("b", type);
      const all = [...again().summaries.all()];
      expect(all).toHaveLength(2);
      expect(all).toContainEqual({ hub: "a", type, count: 5, sinceMs: 10 });
      expect(all).toContainEqual({ hub: "a", type: "client.auth_failed", count: 1, sinceMs: 20 });
    }),
  );

  it(
    "The state is the one that was written last",
    stores(({ state }, again) => {
      expect([state.read(), again().state.read()]).toEqual([undefined, undefined]);
      state.write({ nextSequence: 2, pruneCursor: "", samples: {} });
      const last = { nextSequence: 3, pruneCursor: "client:a", samples: { 'a{b="c"}': 0.5 } };
      state.write(last);
      expect([state.read(), again().state.read()]).toEqual([last, last]);
    }),
  );
}

function describeRollback(stores: Stores): void {
  it(
    "A transaction that throws leaves nothing behind, not even in the caches of the stores",
    stores((given) => {
      const { queue, parked, sessions, state, cursors } = given;
      const own = queue.of(SINK);
      const change = (at: number) => {
        queue.append(event("a", at));
        own.setRetryState("a", { tries: at, retryAtMs: at, reason: "" });
        parked.park(event("a", at), { sink: SINK, reason: "", parkedAtMs: 1 });
        queue.requeue(event("b", at), SINK);
        sessions.put({
          clientId: clientId(`c-${at}`),
          sessionId: "s",
          hub: "a",
          connectedAtMs: 1,
        });
        cursors.put("a", "o", { sequence: at, statsIds: [], lastReportAtMs: at });
        state.write({ nextSequence: at, pruneCursor: "", samples: {} });
      };
      const found = () => ({
        partitions: [...own.partitions()],
        counts: [queue.count, parked.count, sessions.count],
        retryState: own.retryState("a")?.tries,
        sequence: cursors.find("a", "o")?.sequence,
        next: state.read()?.nextSequence,
      });
      const fail = (run: () => void) => {
        const broken = () => {
          run();
          throw new Error("disk full");
        };
        expect(() => given.transaction(broken)).toThrow("disk full");
      };
      const empty = found();
      fail(() => change(1));
      expect(found()).toEqual(empty);
      expect(given.transaction(() => (change(1), "made"))).toBe("made");
      const before = found();
      expect(before).toEqual({
        partitions: ["a", "b"],
        counts: [2, 1, 1],
        retryState: 1,
        sequence: 1,
        next: 1,
      });
      fail(() => change(2));
      fail(() => {
        own.remove("a", [1]);
        own.remove("b", [1]);
        own.setRetryState("a", null);
        parked.remove(1);
        sessions.remove(clientId("c-1"), "s");
      });
      expect(found()).toEqual(before);
    }),
  );
}
