/** The Ledger's object with events for Pub/Sub: what it waits for, and when its alarm fires. Only `fetch` is replaced. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SUMMARY_PERIOD_MS } from "../../src/ledger/ledger.ts";
import { REPORT_VERSION, type HubReport } from "../../src/ledger/contract.ts";
import { LedgerObject } from "../../src/worker/ledger-object.ts";
import { PUBLISH_ROWS, STEPS } from "../../bench/cost/writes.ts";
import { connected } from "../support/events.ts";

const SETTINGS = {
  SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
  SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: "demo",
  SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: "signal-events",
  SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT: "http://127.0.0.1:1",
  SIGNAL_MANAGER_LOGGING_CONSOLE_OUTPUT: "false",
};

type Answer = (response: Response) => void;

const answers: Answer[] = [];
let nowMs = 0;
let sequence = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  nowMs = Date.now();
  answers.length = 0;
  sequence = 0;
  vi.stubGlobal(
    "fetch",
    () => new Promise<Response>((resolve) => void answers.push((response) => resolve(response))),
  );
});

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await reset();
});

async function withLedger(
  use: (
    ledger: LedgerObject,
    alarmInMs: () => Promise<number | null>,
    again: () => LedgerObject,
    storage: DurableObjectStorage,
  ) => Promise<void>,
): Promise<void> {
  const stub = env.LEDGER.getByName("with-pubsub");
  await runInDurableObject(stub, async (_ledger, state) => {
    const again = () => new LedgerObject(state, { ...env, ...SETTINGS });
    const alarmInMs = async () => {
      const atMs = await state.storage.getAlarm();
      return atMs === null ? null : atMs - Date.now();
    };
    await use(again(), alarmInMs, again, state.storage);
    // Leaves nothing in flight.
    for (const answer of answers) answer(new Response(null, { status: 503 }));
    await scheduler.wait(10);
  });
}

function report(hub: string, about: Partial<HubReport> = {}): HubReport {
  sequence += 1;
  const events = [{ sequence, atMs: nowMs, body: connected("alice") }];
  return { version: REPORT_VERSION, hub, outboxId: "o", events, stats: null, ...about };
}

function published(messages = 1): Response {
  return Response.json({ messageIds: Array.from({ length: messages }, (_, at) => String(at)) });
}

/** Not `vi.waitUntil`, which would turn the hand-turned clock. */
async function until(claim: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await claim())) await scheduler.wait(1);
}

const queued = async (ledger: LedgerObject) =>
  (await ledger.measure()).gauges.signal_manager_events_queued;

it("The Ledger takes reports while a request hangs, and sets its alarm first", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    expect(await ledger.report(report("a"))).toEqual({ throughSequence: 1 });
    expect(await alarmInMs()).toBe(10_000);
    await until(() => answers.length === 1);
    await ledger.report(report("a"));
    await ledger.report(report("b", { outboxId: "of b" }));
    await until(() => answers.length === 2);
    expect(await queued(ledger)).toBe(3);
  });
});

it("The Ledger publishes after a reset what was not published, from its alarm", async () => {
  await withLedger(async (ledger, alarmInMs, again) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    vi.setSystemTime(nowMs + 10_000);
    const next = again();
    await next.alarm();
    expect(await alarmInMs()).toBe(10_000);
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(next)) === 0);
  });
});

it("The alarm does not wait for requests, and emits the summary that is due while one hangs", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    const summaries = { rate_limited: 3 };
    const stats = { id: "t", atMs: nowMs, deltas: [], summaries, immediateEvents: [] };
    await ledger.report(report("a", { stats }));
    await until(() => answers.length === 1);
    vi.setSystemTime(nowMs + SUMMARY_PERIOD_MS);
    await ledger.alarm();
    expect(await queued(ledger)).toBe(2);
    expect(await alarmInMs()).toBe(10_000);
    answers[0]?.(published());
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(ledger)) === 0);
  });
});

it("The Ledger sets the alarm for the next retry, not sooner than in a second", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    answers[0]?.(Response.json({}, { status: 503 }));
    await until(async () => (await alarmInMs()) === 1000);
    // By full jitter the retry is due within the second.
    vi.setSystemTime(nowMs + 1000);
    await ledger.alarm();
    await until(() => answers.length === 2);
  });
});

it("The Ledger sets the alarm for the summary of a minute, and none while nothing waits", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    const stats = { id: "t", atMs: nowMs, deltas: [], summaries: {}, immediateEvents: [] };
    await ledger.report(report("a", { events: [], stats }));
    expect(await alarmInMs()).toBeNull();
    const counted = { ...stats, id: "u", summaries: { rate_limited: 1 } };
    await ledger.report(report("a", { events: [], stats: counted }));
    expect(await alarmInMs()).toBe(SUMMARY_PERIOD_MS);
  });
});

it("The Ledger keeps its request in flight through a report that could not be stored", async () => {
  await withLedger(async (ledger, _alarm, _again, { sql }) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    sql.exec(
      "CREATE TRIGGER broken BEFORE INSERT ON outboxes BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    await expect(ledger.report(report("a"))).rejects.toThrow("disk full");
    sql.exec("DROP TRIGGER broken");
    expect(await queued(ledger)).toBe(1);
    // The partition still has one request in flight.
    await ledger.report({
      ...report("a"),
      events: [{ sequence: 2, atMs: nowMs, body: connected("b") }],
    });
    expect(answers).toHaveLength(1);
    answers[0]?.(published());
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(ledger)) === 0);
  });
});

it("An alarm that fails is set again, in ten seconds", async () => {
  await withLedger(async (ledger, alarmInMs, _again, { sql }) => {
    const summaries = { rate_limited: 3 };
    const stats = { id: "t", atMs: nowMs, deltas: [], summaries, immediateEvents: [] };
    await ledger.report(report("a", { events: [], stats }));
    vi.setSystemTime(nowMs + SUMMARY_PERIOD_MS);
    sql.exec(
      "CREATE TRIGGER broken BEFORE INSERT ON queue BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    await ledger.alarm();
    expect(await alarmInMs()).toBe(10_000);
    sql.exec("DROP TRIGGER broken");
    await ledger.alarm();
    await until(() => answers.length === 1);
  });
});

it("The Ledger sets the alarm for a retry though the request of another partition hangs", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    await ledger.report(report("a"));
    await ledger.report(report("b", { outboxId: "of b" }));
    await until(() => answers.length === 2);
    expect(await alarmInMs()).toBe(10_000);
    answers[1]?.(Response.json({}, { status: 503 }));
    await until(async () => (await alarmInMs()) === 1000);
  });
});

it("The Ledger takes a report of the previous release, and answers in the format of that release", async () => {
  await withLedger(async (ledger) => {
    const events = [{ seq: 1, atMs: nowMs, body: connected("alice") }];
    // What a hub of that release sends, which is not of today's type.
    const former = { hub: "a", outboxId: "o", events, tally: null } as unknown as HubReport;
    expect(await ledger.report(former)).toEqual({ throughSeq: 1 });
    const again = {
      ...report("a"),
      events: [{ sequence: 1, atMs: nowMs, body: connected("alice") }],
    };
    expect(await ledger.report(again)).toEqual({ throughSequence: 1 });
    expect(await queued(ledger)).toBe(1);
  });
});

it("The Ledger refuses a report of a later release, and takes nothing of it", async () => {
  await withLedger(async (ledger) => {
    const later = { ...report("a"), version: 3 } as unknown as HubReport;
    await expect(ledger.report(later)).rejects.toThrow("version 3");
    expect(await queued(ledger)).toBe(0);
  });
});

it("An event for Pub/Sub writes as many rows as the cost model says", async () => {
  await withLedger(async (ledger, _alarm, _again, { sql }) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    answers[0]?.(published());
    await until(async () => (await queued(ledger)) === 0);
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const prototype: SqlStorage = Object.getPrototypeOf(sql);
    const { exec } = prototype;
    const spy = vi.spyOn(prototype, "exec").mockImplementation(function spied(
      this: SqlStorage,
      query,
      ...bindings
    ) {
      const cursor = exec.call(this, query, ...bindings);
      cursors.push(cursor);
      // The spy has lost the type parameter of `exec`.
      return cursor as never;
    });
    const written = () => cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    const next = { sequence: 2, atMs: nowMs, body: connected("bob") };
    await ledger.report({ ...report("a"), events: [next] });
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(ledger)) === 0);
    spy.mockRestore();
    // Beside what a report writes for any sink: session, cursor and counters.
    expect(written()).toBe(STEPS.connect.ledgerRows + PUBLISH_ROWS);
  });
});
