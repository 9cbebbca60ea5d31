/** What the Ledger's stores promise (`src/ledger/ports.ts`), held of them on the platform's SQLite and on Node's. */
import { describe, expect, it } from "vitest";
import type { StoredEvent } from "../../src/events/event-types.ts";
import type { LedgerStores, OutboxCursor, SessionEntry } from "../../src/ledger/ports.ts";
import { sqlLedgerStores } from "../../src/worker/sqlite/ledger-stores.ts";
import { clientId } from "./client-ids.ts";
import { connected, hubsOfOneLine, stored } from "./events.ts";

/** Gives a storage of its own, with nothing in it. */
export type WithStorage = (use: (storage: DurableObjectStorage) => void) => Promise<void> | void;

export function describeLedgerStores(withStorage: WithStorage): void {
  /** `again`: what a Ledger that wakes finds. */
  const stores = (use: (stores: LedgerStores, again: () => LedgerStores) => void) => () =>
    withStorage((storage) => use(sqlLedgerStores(storage), () => sqlLedgerStores(storage)));

  describeQueue(stores);
  describeOldQueue(withStorage);
  describeParked(stores);
  describeSessions(stores);
  describeSmallOnes(stores, withStorage);
  describeRollback(stores);
}

type Stores = (
  use: (stores: LedgerStores, again: () => LedgerStores) => void,
) => () => Promise<void> | void;

function event(hub: string, sequence: number) {
  return stored(connected(`client-${sequence}`), { hub, sequence });
}

function sequences({ queue }: LedgerStores, line: string, limit = 100): number[] {
  return sequencesOf(queue.head(line, limit));
}

function describeQueue(stores: Stores): void {
  describe("the queue", () => {
    it(
      "holds each line in order of sequence, whatever the order of arrival",
      stores((given, again) => {
        for (const [hub, sequence] of [
          ["b", 9],
          ["a", 4],
          ["b", 10],
          ["b", 2],
        ] as const) {
          given.queue.append(event(hub, sequence));
        }
        for (const { queue } of [given, again()]) {
          expect(new Set(queue.lines())).toEqual(new Set(["a", "b"]));
          expect(queue.count).toBe(4);
          expect(sequences({ ...given, queue }, "b")).toEqual([2, 9, 10]);
          expect(sequences({ ...given, queue }, "b", 2)).toEqual([2, 9]);
          expect(queue.head("nobody", 9)).toEqual([]);
        }
        expect(given.queue.head("a", 1)).toEqual([event("a", 4)]);
      }),
    );

    it(
      "removes what it is told and nothing between, and says what was there",
      stores((given, again) => {
        for (const sequence of [1, 2, 3, 4]) given.queue.append(event("a", sequence));
        given.queue.append(event("b", 5));
        expect(given.queue.remove("a", [1, 3, 5, 7])).toEqual(new Set([1, 3]));
        expect(given.queue.remove("a", [1, 3])).toEqual(new Set());
        expect(given.queue.remove("a", [])).toEqual(new Set());
        for (const at of [given, again()]) {
          expect(sequences(at, "a")).toEqual([2, 4]);
          expect(sequences(at, "b")).toEqual([5]);
          expect(at.queue.count).toBe(3);
        }
        given.queue.remove("a", [2, 4]);
        expect([...given.queue.lines()]).toEqual(["b"]);
        expect([...again().queue.lines()]).toEqual(["b"]);
        expect(given.queue.count).toBe(1);
      }),
    );

    it(
      "lists a line last from which something was just removed",
      stores(({ queue }) => {
        for (const hub of ["a", "b", "c"]) [1, 2].forEach((at) => queue.append(event(hub, at)));
        queue.remove("a", [1]);
        expect([...queue.lines()]).toEqual(["b", "c", "a"]);
        queue.append(event("b", 3));
        expect([...queue.lines()]).toEqual(["b", "c", "a"]);
      }),
    );

    it(
      "keeps setbacks, the last of each line",
      stores((given, again) => {
        const [first, second] = [1, 2].map((tries) => ({ tries, retryAtMs: 5.5, reason: "503" }));
        given.queue.setRetryState("a", first ?? null);
        given.queue.setRetryState("a", second ?? null);
        given.queue.setRetryState("b", first ?? null);
        given.queue.setRetryState("b", null);
        for (const { queue } of [given, again()]) {
          expect(queue.retryState("a")).toEqual(second);
          expect(queue.retryState("b")).toBeUndefined();
        }
      }),
    );

    it(
      "takes names and data as they are",
      stores(({ queue }) => {
        const hub = `%_'"\u{10FFFF}\u0000${"ü".repeat(3000)}`;
        const odd = stored(connected("a\u2028%\u{1F98A}"), { hub, sequence: 2 ** 53 - 1 });
        queue.append(odd);
        expect([...queue.lines()]).toEqual([hub]);
        expect(queue.head(hub, 1)).toEqual([odd]);
        expect(queue.remove(hub, [2 ** 53 - 1]).size).toBe(1);
        expect([...queue.lines()]).toEqual([]);
      }),
    );

    it(
      "holds hubs of one line in one, each event with its hub",
      stores((given, again) => {
        const [one = "", other = ""] = hubsOfOneLine(2);
        const events = [event(one, 1), event(other, 2), event(one, 3)];
        events.toReversed().forEach((each) => given.queue.append(each));
        for (const { queue } of [given, again()]) {
          expect([...queue.lines()]).toEqual(["clients-7"]);
          expect(queue.head("clients-7", 9)).toEqual(events);
        }
      }),
    );

    it(
      "holds no event twice",
      stores(({ queue }) => {
        queue.append(event("a", 1));
        expect(() => queue.append(event("a", 1))).toThrow("UNIQUE");
        expect(queue.count).toBe(1);
      }),
    );
  });
}

/** As the version before lines wrote it. */
const OLD_QUEUE = `
  CREATE TABLE events (
    hub TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (hub, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE retryStates (
    hub TEXT PRIMARY KEY,
    tries INTEGER NOT NULL,
    retry_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID`;

function appendOld({ sql }: DurableObjectStorage, events: readonly StoredEvent[]): void {
  for (const { hub, sequence, id, atMs, type, data } of events) {
    sql.exec(
      "INSERT INTO events (hub, sequence, id, at_ms, type, data) VALUES (?, ?, ?, ?, ?, ?)",
      hub,
      sequence,
      id,
      atMs,
      type,
      JSON.stringify(data),
    );
  }
}

function tables({ sql }: DurableObjectStorage): unknown[] {
  const found = sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  return found.toArray().map(({ name }) => name);
}

function describeOldQueue(withStorage: WithStorage): void {
  describe("the queue of hubs, from before there were lines,", () => {
    const [one = "", other = ""] = hubsOfOneLine(2);
    const old = [event("main", 1), event(one, 2), event(other, 3), event(one, 4), event("main", 5)];

    it("is moved to lines when the Ledger wakes, whole and in order, and is there no more", () =>
      withStorage((storage) => {
        storage.sql.exec(OLD_QUEUE);
        appendOld(storage, old);
        storage.sql.exec("INSERT INTO setbacks VALUES ('main', 3, 7, '503')");
        for (const { queue } of [sqlLedgerStores(storage), sqlLedgerStores(storage)]) {
          expect(queue.head("main", 9)).toEqual([event("main", 1), event("main", 5)]);
          expect(queue.head("clients-7", 9)).toEqual(old.slice(1, 4));
          expect(queue.count).toBe(5);
          expect(queue.retryState("main")).toBeUndefined();
        }
        expect(tables(storage)).toContain("queue");
        expect(tables(storage)).not.toContain("events");
        expect(tables(storage)).not.toContain("setbacks");
      }));

    it("is moved again behind what waits already, where an older version was back meanwhile", () =>
      withStorage((storage) => {
        sqlLedgerStores(storage).queue.append(event(one, 1));
        storage.sql.exec(OLD_QUEUE);
        appendOld(storage, old.slice(1));
        const { queue } = sqlLedgerStores(storage);
        expect(sequencesOf(queue.head("clients-7", 9))).toEqual([1, 2, 3, 4]);
        expect(sequencesOf(queue.head("main", 9))).toEqual([5]);
      }));

    it("stays whole where it cannot be moved, and is moved when it can", () =>
      withStorage((storage) => {
        sqlLedgerStores(storage);
        storage.sql.exec(OLD_QUEUE);
        appendOld(storage, old);
        storage.sql.exec(
          "CREATE TRIGGER broken BEFORE INSERT ON queue WHEN new.sequence = 5 BEGIN SELECT RAISE(FAIL, 'disk full'); END",
        );
        expect(() => sqlLedgerStores(storage)).toThrow("disk full");
        expect(storage.sql.exec("SELECT * FROM events").toArray()).toHaveLength(5);
        expect(storage.sql.exec("SELECT * FROM queue").toArray()).toEqual([]);
        storage.sql.exec("DROP TRIGGER broken");
        expect(sqlLedgerStores(storage).queue.count).toBe(5);
      }));
  });
}

function sequencesOf(events: readonly StoredEvent[]): number[] {
  return events.map(({ sequence }) => sequence);
}

function parkedEvent(sequence: number) {
  return { event: event("a", sequence), reason: "400: bad", parkedAtMs: 7 };
}

function describeParked(stores: Stores): void {
  describe("parked events", () => {
    it(
      "are found, listed in order of sequence page by page, and removed",
      stores((given, again) => {
        for (const sequence of [5, 1, 3]) given.parked.park(parkedEvent(sequence));
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
  });
}

function entry(id: string, sessionId = "s"): SessionEntry {
  return { clientId: clientId(id), sessionId, hub: "main", connectedAtMs: 1 };
}

/** In SQLite's order, which is that of code points: UTF-16 would put the fox before U+FFFD. */
const ODD = ["%", "a", "a%", "a_", "ab", "aü", "a\uFFFD", "a🦊", "a\u{10FFFF}b", "b", "ü"];

function describeSessions(stores: Stores): void {
  describe("the index of sessions", () => {
    it(
      "holds one session a client, the last put, and removes none but by its own id",
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
    ])("lists those that begin with %j and come after %j", (prefix, after, expected) =>
      stores((given) => {
        ODD.toReversed().forEach((id) => given.sessions.put(entry(id)));
        const all = given.sessions.page(prefix, after, 100);
        expect(all.map((found) => found.clientId)).toEqual(expected);
        expect(given.sessions.page(prefix, after, 2)).toEqual(all.slice(0, 2));
      })(),
    );
  });
}

function heard(lastReportAtMs: number): OutboxCursor {
  return { seq: lastReportAtMs * 2, tallyIds: ["t"], lastReportAtMs };
}

function describeSmallOnes(stores: Stores, withStorage: WithStorage): void {
  it(
    "progress is kept by hub and outbox, and forgotten when nothing was heard since",
    stores((given, again) => {
      given.progress.put("a", "1", { seq: 1, tallyIds: [], lastReportAtMs: 1 });
      given.progress.put("a", "1", heard(5));
      given.progress.put("a", "2", heard(9));
      given.progress.put("b", "1", heard(4));
      expect(again().progress.find("a", "1")).toEqual(heard(5));
      given.progress.forget("a", 9);
      expect(given.progress.find("a", "1")).toBeUndefined();
      expect(given.progress.find("a", "2")).toEqual(heard(9));
      expect(given.progress.find("b", "1")).toEqual(heard(4));
      expect(given.progress.find("b", "2")).toBeUndefined();
    }),
  );

  it(
    "hubs of which an outbox is known follow each other in the order of their names, each once",
    stores(({ progress }) => {
      for (const hub of ["b", "client:", "client:ü", "client:a", "a", "client:a"]) {
        for (const outboxId of ["1", "2"]) progress.put(hub, outboxId, heard(1));
      }
      const hubs: string[] = [];
      for (let hub = progress.hubAfter(""); hub !== undefined; hub = progress.hubAfter(hub)) {
        hubs.push(hub);
      }
      expect(hubs).toEqual(["a", "b", "client:", "client:a", "client:ü"]);
    }),
  );

  it("a state of before the walk begins it", () =>
    withStorage((storage) => {
      const { state } = sqlLedgerStores(storage);
      storage.sql.exec(
        `INSERT INTO state (id, json) VALUES (1, '{"nextSequence":5,"samples":{"a":2}}')`,
      );
      expect(state.read()).toEqual({ nextSequence: 5, walkedTo: "", samples: { a: 2 } });
    }));

  it(
    "summaries add up from the first time on, by hub and type",
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
    "the state is the one that was written last",
    stores(({ state }, again) => {
      expect([state.read(), again().state.read()]).toEqual([undefined, undefined]);
      state.write({ nextSequence: 2, walkedTo: "", samples: {} });
      const last = { nextSequence: 3, walkedTo: "client:a", samples: { 'a{b="c"}': 0.5 } };
      state.write(last);
      expect([state.read(), again().state.read()]).toEqual([last, last]);
    }),
  );
}

function describeRollback(stores: Stores): void {
  it(
    "a transaction that throws leaves nothing, in the stores' memory neither",
    stores((given) => {
      const { queue, parked, sessions, state, progress } = given;
      const change = (at: number) => {
        queue.append(event("a", at));
        queue.setRetryState("a", { tries: at, retryAtMs: at, reason: "" });
        parked.park({ event: event("a", at), reason: "", parkedAtMs: 1 });
        sessions.put({
          clientId: clientId(`c-${at}`),
          sessionId: "s",
          hub: "a",
          connectedAtMs: 1,
        });
        progress.put("a", "o", { seq: at, tallyIds: [], lastReportAtMs: at });
        state.write({ nextSequence: at, walkedTo: "", samples: {} });
      };
      const found = () => ({
        lines: [...queue.lines()],
        counts: [queue.count, parked.count, sessions.count],
        retryState: queue.retryState("a")?.tries,
        seq: progress.find("a", "o")?.seq,
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
      expect(before).toEqual({ lines: ["a"], counts: [1, 1, 1], retryState: 1, seq: 1, next: 1 });
      fail(() => change(2));
      fail(() => {
        queue.remove("a", [1]);
        queue.setRetryState("a", null);
        parked.remove(1);
        sessions.remove(clientId("c-1"), "s");
      });
      expect(found()).toEqual(before);
    }),
  );
}
