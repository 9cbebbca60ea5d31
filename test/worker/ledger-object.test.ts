/** The Ledger's object with events for Pub/Sub: what it waits for, and when its alarm goes off. Only `fetch` is not real. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SUMMARY_MS } from "../../src/ledger/ledger.ts";
import type { HubReport } from "../../src/ledger/contract.ts";
import { LedgerObject } from "../../src/worker/ledger-object.ts";
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
let seq = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  nowMs = Date.now();
  answers.length = 0;
  seq = 0;
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
    // Nothing is left under way.
    for (const answer of answers) answer(new Response(null, { status: 503 }));
    await scheduler.wait(10);
  });
}

function report(hub: string, about: Partial<HubReport> = {}): HubReport {
  seq += 1;
  const events = [{ seq, atMs: nowMs, body: connected("alice") }];
  return { hub, outboxId: "o", events, tally: null, ...about };
}

function published(messages = 1): Response {
  return Response.json({ messageIds: Array.from({ length: messages }, (_, at) => String(at)) });
}

/** Not `vi.waitUntil`, which turns the clock that is turned by hand here. */
async function until(claim: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await claim())) await scheduler.wait(1);
}

const queued = async (ledger: LedgerObject) =>
  (await ledger.measure()).gauges.signal_manager_events_queued;

it("takes reports while a request hangs, and has its alarm set first", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    expect(await ledger.report(report("a"))).toEqual({ throughSeq: 1 });
    expect(await alarmInMs()).toBe(10_000);
    await until(() => answers.length === 1);
    await ledger.report(report("a"));
    await ledger.report(report("b", { outboxId: "of b" }));
    await until(() => answers.length === 2);
    expect(await queued(ledger)).toBe(3);
  });
});

it("goes on after a reset: the alarm publishes what was not published", async () => {
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

it("an alarm does not wait for requests, and tells what is due though one hangs", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    const summaries = { rate_limited: 3 };
    const tally = { id: "t", atMs: nowMs, deltas: [], summaries, occasions: [] };
    await ledger.report(report("a", { tally }));
    await until(() => answers.length === 1);
    vi.setSystemTime(nowMs + SUMMARY_MS);
    await ledger.alarm();
    expect(await queued(ledger)).toBe(2);
    expect(await alarmInMs()).toBe(10_000);
    answers[0]?.(published());
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(ledger)) === 0);
  });
});

it("sets the alarm for the next try, not sooner than a second", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    answers[0]?.(Response.json({}, { status: 503 }));
    await until(async () => (await alarmInMs()) === 1000);
    // The next try is due within the second: chance is full jitter.
    vi.setSystemTime(nowMs + 1000);
    await ledger.alarm();
    await until(() => answers.length === 2);
  });
});

it("sets the alarm for a minute's summary, and none for nothing", async () => {
  await withLedger(async (ledger, alarmInMs) => {
    const tally = { id: "t", atMs: nowMs, deltas: [], summaries: {}, occasions: [] };
    await ledger.report(report("a", { events: [], tally }));
    expect(await alarmInMs()).toBeNull();
    const told = { ...tally, id: "u", summaries: { rate_limited: 1 } };
    await ledger.report(report("a", { events: [], tally: told }));
    expect(await alarmInMs()).toBe(SUMMARY_MS);
  });
});

it("goes on with what it had under way after a report that could not be stored", async () => {
  await withLedger(async (ledger, _alarm, _again, { sql }) => {
    await ledger.report(report("a"));
    await until(() => answers.length === 1);
    sql.exec(
      "CREATE TRIGGER broken BEFORE INSERT ON outboxes BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
    await expect(ledger.report(report("a"))).rejects.toThrow("disk full");
    sql.exec("DROP TRIGGER broken");
    expect(await queued(ledger)).toBe(1);
    // One request in flight a line, still.
    await ledger.report({
      ...report("a"),
      events: [{ seq: 2, atMs: nowMs, body: connected("b") }],
    });
    expect(answers).toHaveLength(1);
    answers[0]?.(published());
    await until(() => answers.length === 2);
    answers[1]?.(published());
    await until(async () => (await queued(ledger)) === 0);
  });
});

it("an alarm that fails is set again", async () => {
  await withLedger(async (ledger, alarmInMs, _again, { sql }) => {
    const summaries = { rate_limited: 3 };
    const tally = { id: "t", atMs: nowMs, deltas: [], summaries, occasions: [] };
    await ledger.report(report("a", { events: [], tally }));
    vi.setSystemTime(nowMs + SUMMARY_MS);
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
