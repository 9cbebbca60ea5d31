/** What holds for the dispatcher, whatever events come and whatever the sink answers, in any order. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { PublishOutcome } from "../../src/events/sinks/sink.ts";
import { BLOCKED_PAUSE_MS, MAX_REQUESTS, RECHECK_MS } from "../../src/events/dispatcher.ts";
import { partitionOf } from "../../src/ledger/partition.ts";
import { hubsOfOnePartition } from "../support/events.ts";
import {
  DispatcherWorld,
  BLOCKED,
  PUBLISHED,
  REJECTED,
  retry,
  type Request,
} from "./support/dispatcher-world.ts";

type Step =
  | { readonly do: "append"; readonly hub: string; readonly bad: readonly boolean[] }
  | { readonly do: "answer"; readonly at: number; readonly how: Answer }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "retryParked" };

type Answer = "judge" | "retry" | "retry later" | "blocked";

/** Four with a partition each, and two that share one. */
const HUBS = ["a", "b", "c", "d", ...hubsOfOnePartition(2)];

const PARTITIONS = new Set(HUBS.map(partitionOf));

const hubs = fc.constantFrom(...HUBS);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("append"), hub: hubs, bad: bads() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("answer"), at: fc.nat(3), how: answers() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait"), ms: fc.nat(20_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retryParked") }) },
);

function bads() {
  const isBad = fc.nat(5).map((chance) => chance === 0);
  return fc.array(isBad, { minLength: 1, maxLength: 12 });
}

function answers(): fc.Arbitrary<Answer> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Answer>("judge") },
    fc.constantFrom<Answer>("retry", "retry later", "blocked"),
  );
}

it("The dispatcher publishes each partition in order, one request at a time, parks nothing but bad events, loses none, and delays no partition for another", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 60 }), async (history) => {
      const run = new Run();
      for (const step of history) await run.step(step);
      await run.finish();
    }),
    { numRuns: 400 },
  );
});

class Run {
  readonly #world = new DispatcherWorld();
  readonly #bad = new Set<number>();
  readonly #all = new Set<number>();
  readonly #published: number[] = [];
  /** Parked events that were retried: they come late. */
  readonly #returned = new Set<number>();
  #seen = 0;

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case "append": {
        const sequences = await this.#world.take(step.hub, step.bad.length);
        for (const [at, sequence] of sequences.entries()) {
          this.#all.add(sequence);
          if (step.bad[at] === true) this.#bad.add(sequence);
        }
        break;
      }
      case "answer": {
        const request = this.#world.open[step.at];
        if (request !== undefined) await this.#answer(request, step.how);
        break;
      }
      case "wait":
        await this.#world.advance(step.ms);
        break;
      case "retryParked":
        await this.#retryParked();
        break;
    }
    this.#check();
  }

  /** From here on the sink works, and the bad events stay bad. */
  async finish(): Promise<void> {
    for (;;) {
      const [request] = this.#world.open;
      if (request !== undefined) {
        await this.#answer(request, "judge");
      } else {
        const nextMs = this.#world.dispatcher.nextDrainMs();
        if (nextMs === null) break;
        await this.#world.advance(Math.max(0, nextMs - this.#world.nowMs));
      }
      this.#check();
    }
    expect(this.#world.stores.queue.count).toBe(0);
    const parked = this.#world.parked;
    expect([...this.#published, ...parked].toSorted((a, b) => a - b)).toEqual([...this.#all]);
    expect(parked.filter((sequence) => !this.#bad.has(sequence))).toEqual([]);
  }

  async #answer(request: Request, how: Answer): Promise<void> {
    const isBad = request.sequences.some((sequence) => this.#bad.has(sequence));
    if (how === "judge" && !isBad) this.#published.push(...request.sequences);
    const outcome = outcomeOf(how, isBad);
    const before = this.#world.nowMs;
    await request.answer(outcome);
    const pauseMs = pauseOf(outcome);
    if (pauseMs === null) return;
    // Not sooner than the sink asked for, and without another request of the partition.
    const dueMs = this.#world.queueOf().retryState(request.partition)?.retryAtMs ?? 0;
    expect(dueMs).toBeGreaterThanOrEqual(before + pauseMs);
    expect(this.#world.open.map(({ partition }) => partition)).not.toContain(request.partition);
  }

  async #retryParked(): Promise<void> {
    for (const { event } of this.#world.stores.parked.page(0, 2)) {
      this.#world.retryParked(event.sequence);
      this.#returned.add(event.sequence);
    }
    await this.#world.advance(0);
  }

  #check(): void {
    const { open, requests, stores, nowMs, dispatcher } = this.#world;
    const queue = this.#world.queueOf();
    const busy = open.map(({ partition }) => partition);
    expect(new Set(busy).size).toBe(busy.length);
    expect(busy.length).toBeLessThanOrEqual(MAX_REQUESTS);
    for (const { sequences, atMs, dueMs } of requests.slice(this.#seen)) {
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(dueMs).toBeLessThanOrEqual(atMs);
    }
    this.#seen = requests.length;
    for (const partition of PARTITIONS) this.#checkOrder(partition);
    // No partition that is due waits while another request may be made.
    const waiting = [...queue.partitions()].filter((each) => !busy.includes(each));
    const due = waiting.filter((each) => (queue.retryState(each)?.retryAtMs ?? 0) <= nowMs);
    if (busy.length < MAX_REQUESTS) expect(due).toEqual([]);
    // The dispatcher wants to drain again while anything waits, no later than the first partition is due.
    const nextMs = dispatcher.nextDrainMs();
    if (stores.queue.count === 0) expect(nextMs).toBeNull();
    for (const partition of waiting) {
      const dueMs = queue.retryState(partition)?.retryAtMs ?? 0;
      expect(nextMs).toBeLessThanOrEqual(Math.max(dueMs, nowMs + RECHECK_MS));
    }
  }

  #checkOrder(partition: string): void {
    const { requests } = this.#world;
    const own = new Set(
      requests
        .filter((request) => request.partition === partition)
        .flatMap(({ sequences }) => sequences),
    );
    const inOrder = this.#published.filter(
      (sequence) => own.has(sequence) && !this.#returned.has(sequence),
    );
    expect(inOrder).toEqual([...new Set(inOrder)].toSorted((a, b) => a - b));
  }
}

function outcomeOf(how: Answer, isBad: boolean): PublishOutcome {
  switch (how) {
    case "judge":
      return isBad ? REJECTED : PUBLISHED;
    case "retry":
      return retry();
    case "retry later":
      return retry(15_000);
    case "blocked":
      return BLOCKED;
  }
}

/** How long the partition must wait at least; null: it need not. */
function pauseOf(outcome: PublishOutcome): number | null {
  if (outcome.kind === "retry") return outcome.retryAfterMs ?? 0;
  return outcome.kind === "blocked" ? BLOCKED_PAUSE_MS : null;
}
