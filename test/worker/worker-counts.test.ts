/** What the Worker counts, in an isolate whose requests may end with its report under way. The Ledgers are made up. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { HubReport, Ack } from "../../src/ledger/contract.ts";
import type { Env } from "../../src/worker/services.ts";
import { servicesOf } from "../../src/worker/services.ts";
import { WorkerCounts, workerCountsOf } from "../../src/worker/worker-counts.ts";

const reports: HubReport[] = [];
const background: Promise<unknown>[] = [];
const ctx = { waitUntil: (promise: Promise<unknown>) => void background.push(promise) };
let answer: () => Promise<Ack>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  reports.length = 0;
  background.length = 0;
  answer = () => Promise.resolve({ throughSeq: 0 });
});

afterEach(() => vi.useRealTimers());

function report(taken: HubReport): Promise<Ack> {
  reports.push(taken);
  return answer();
}

/** An isolate. */
function isolate(): WorkerCounts {
  // All that is asked of the binding.
  const ledgers = { getByName: () => ({ report }) } as unknown as Env["LEDGER"];
  return new WorkerCounts({ ...env, LEDGER: ledgers }, services());
}

function services() {
  const made = servicesOf(env);
  if (!made.ok) throw new Error("the configuration is not valid");
  return made.value;
}

it("reports what several requests counted, in the background of the first", async () => {
  const counts = isolate();
  counts.settle(ctx);
  expect(background).toEqual([]);
  for (const status of [401, 401, 426]) {
    counts.book.answered(status);
    counts.settle(ctx);
  }
  expect(background).toHaveLength(1);
  await background[0];
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({
    hub: "worker",
    events: [],
    tally: { summaries: { "client.auth_failed": 2 } },
  });
  counts.settle(ctx);
  expect(background).toHaveLength(1);
});

it("reports the same again in the next request when the Ledger was away", async () => {
  const counts = isolate();
  answer = () => Promise.reject(new Error("the Ledger is away"));
  counts.book.answered(426);
  vi.spyOn(console, "warn").mockImplementation(() => {});
  counts.settle(ctx);
  await background[0];
  answer = () => Promise.resolve({ throughSeq: 0 });
  counts.settle(ctx);
  await background[1];
  expect(reports[1]).toEqual(reports[0]);
});

it("does not wait for ever for a request that ended with its report under way", async () => {
  const counts = isolate();
  let sentMs = 0;
  answer = () => {
    sentMs = Date.now();
    return new Promise<Ack>(() => {});
  };
  counts.book.answered(426);
  counts.settle(ctx);
  await vi.waitUntil(() => reports.length === 1, { timeout: 20_000 });
  vi.setSystemTime(sentMs + 29_999);
  counts.settle(ctx);
  expect(background).toHaveLength(1);
  answer = () => Promise.resolve({ throughSeq: 0 });
  vi.setSystemTime(sentMs + 30_000);
  counts.settle(ctx);
  expect(background).toHaveLength(2);
  await background[1];
  expect(reports[1]).toEqual(reports[0]);
});

it("joins no other request's report, though the clock jumps while it gathers", async () => {
  const counts = isolate();
  const answers: (() => void)[] = [];
  answer = () => new Promise((resolve) => answers.push(() => resolve({ throughSeq: 0 })));
  counts.book.answered(426);
  counts.settle(ctx);
  vi.setSystemTime(Date.now() + 40_000);
  counts.settle(ctx);
  expect(background).toHaveLength(2);
  // The first leaves it to the second, and waits for nothing of the second's.
  await background[0];
  await vi.waitUntil(() => answers.length === 1, { timeout: 20_000 });
  counts.settle(ctx);
  expect(background).toHaveLength(2);
  answers[0]?.();
  await background[1];
  expect(reports).toHaveLength(1);
});

it("of two isolates is kept apart, and of one is the same book", async () => {
  for (const counts of [isolate(), isolate()]) {
    counts.book.answered(426);
    counts.settle(ctx);
  }
  await Promise.all(background);
  const [one, other] = reports;
  expect(one?.hub).toBe(other?.hub);
  expect(one?.outboxId).not.toBe(other?.outboxId);
  expect(workerCountsOf(env, services())).toBe(workerCountsOf(env, services()));
});
