/** What the Worker counts, in an isolate whose requests may end while a report is under way. A fake Ledger answers. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AckV1, HubReportV1 } from "../../src/ledger/contract.ts";
import type { Env } from "../../src/worker/services.ts";
import { servicesOf } from "../../src/worker/services.ts";
import { WorkerStats, workerStatsOf } from "../../src/worker/worker-stats.ts";

const reports: HubReportV1[] = [];
const background: Promise<unknown>[] = [];
const ctx = { waitUntil: (promise: Promise<unknown>) => void background.push(promise) };
let answer: () => Promise<AckV1>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  reports.length = 0;
  background.length = 0;
  answer = () => Promise.resolve({ throughSeq: 0 });
});

afterEach(() => vi.useRealTimers());

function report(taken: HubReportV1): Promise<AckV1> {
  reports.push(taken);
  return answer();
}

/** An isolate. */
function isolate(): WorkerStats {
  // The one method that the Worker calls on the binding.
  const ledgers = { getByName: () => ({ report }) } as unknown as Env["LEDGER"];
  return new WorkerStats({ ...env, LEDGER: ledgers }, services());
}

function services() {
  const made = servicesOf(env);
  if (!made.ok) throw new Error("the configuration is not valid");
  return made.value;
}

it("The Worker reports what several requests counted, in the background of the first", async () => {
  const worker = isolate();
  worker.reportSoon(ctx);
  expect(background).toEqual([]);
  for (const status of [401, 401, 426]) {
    worker.stats.answered(status);
    worker.reportSoon(ctx);
  }
  expect(background).toHaveLength(1);
  await background[0];
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({
    hub: "worker",
    events: [],
    tally: { summaries: { "client.auth_failed": 2 } },
  });
  worker.reportSoon(ctx);
  expect(background).toHaveLength(1);
});

it("The Worker makes the same report again in the next request when the Ledger was away", async () => {
  const worker = isolate();
  answer = () => Promise.reject(new Error("the Ledger is away"));
  worker.stats.answered(426);
  vi.spyOn(console, "warn").mockImplementation(() => {});
  worker.reportSoon(ctx);
  await background[0];
  answer = () => Promise.resolve({ throughSeq: 0 });
  worker.reportSoon(ctx);
  await background[1];
  expect(reports[1]).toEqual(reports[0]);
});

it("A later request reports when the one before ended with its report under way", async () => {
  const worker = isolate();
  let sentMs = 0;
  answer = () => {
    sentMs = Date.now();
    return new Promise<AckV1>(() => {});
  };
  worker.stats.answered(426);
  worker.reportSoon(ctx);
  await vi.waitUntil(() => reports.length === 1, { timeout: 20_000 });
  vi.setSystemTime(sentMs + 29_999);
  worker.reportSoon(ctx);
  expect(background).toHaveLength(1);
  answer = () => Promise.resolve({ throughSeq: 0 });
  vi.setSystemTime(sentMs + 30_000);
  worker.reportSoon(ctx);
  expect(background).toHaveLength(2);
  await background[1];
  expect(reports[1]).toEqual(reports[0]);
});

it("No request joins another request's report, even if the clock jumps while it gathers", async () => {
  const worker = isolate();
  const answers: (() => void)[] = [];
  answer = () => new Promise((resolve) => answers.push(() => resolve({ throughSeq: 0 })));
  worker.stats.answered(426);
  worker.reportSoon(ctx);
  vi.setSystemTime(Date.now() + 40_000);
  worker.reportSoon(ctx);
  expect(background).toHaveLength(2);
  // The first request leaves the report to the second, and does not wait for it.
  await background[0];
  await vi.waitUntil(() => answers.length === 1, { timeout: 20_000 });
  worker.reportSoon(ctx);
  expect(background).toHaveLength(2);
  answers[0]?.();
  await background[1];
  expect(reports).toHaveLength(1);
});

it("Two isolates report under different outbox ids, and one isolate keeps one set of counts", async () => {
  for (const worker of [isolate(), isolate()]) {
    worker.stats.answered(426);
    worker.reportSoon(ctx);
  }
  await Promise.all(background);
  const [one, other] = reports;
  expect(one?.hub).toBe(other?.hub);
  expect(one?.outboxId).not.toBe(other?.outboxId);
  expect(workerStatsOf(env, services())).toBe(workerStatsOf(env, services()));
});
