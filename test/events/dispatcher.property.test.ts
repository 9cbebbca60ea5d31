/** The courier, whatever comes, and in whatever order the publisher answers what. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { PublishOutcome } from "../../src/events/sinks/pubsub/publish-outcome.ts";
import { MAX_REQUESTS_AT_ONCE } from "../../src/events/dispatcher.ts";
import { partitionOf } from "../../src/ledger/partition.ts";
import { connected, hubsOfOneLine, stored } from "../support/events.ts";
import {
  CourierWorld,
  PUBLISHED,
  rejected,
  retry,
  type Request,
} from "./support/dispatcher-world.ts";

type Step =
  | { readonly do: "append"; readonly hub: string; readonly bad: readonly boolean[] }
  | { readonly do: "answer"; readonly at: number; readonly how: Answer }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "retryParked" };

type Answer = "judge" | "retry" | "retry later" | "settings";

/** Four that are a line each, and two that share one. */
const HUBS = ["a", "b", "c", "d", ...hubsOfOneLine(2)];

const LINES = new Set(HUBS.map(partitionOf));

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
    fc.constantFrom<Answer>("retry", "retry later", "settings"),
  );
}

it("publishes each line in order and alone, parks the bad alone, loses nothing, and delays no line for another", async () => {
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
  readonly #world = new CourierWorld();
  readonly #bad = new Set<number>();
  readonly #all = new Set<number>();
  readonly #published: number[] = [];
  /** Retried ones come back behind what they were before. */
  readonly #returned = new Set<number>();
  readonly #parkedFor = new Map<number, "message" | "settings">();
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

  /** From here on the publisher is in order, and the bad stay bad. */
  async finish(): Promise<void> {
    for (;;) {
      const [request] = this.#world.open;
      if (request !== undefined) {
        await this.#answer(request, "judge");
      } else {
        const nextMs = this.#world.courier.nextRunMs();
        if (nextMs === null) break;
        await this.#world.advance(Math.max(0, nextMs - this.#world.nowMs));
      }
      this.#check();
    }
    expect(this.#world.stores.queue.count).toBe(0);
    const parked = this.#world.parked;
    expect([...this.#published, ...parked].toSorted((a, b) => a - b)).toEqual([...this.#all]);
    for (const sequence of parked) {
      expect(this.#bad.has(sequence) || this.#parkedFor.get(sequence) === "settings").toBe(true);
    }
  }

  async #answer(request: Request, how: Answer): Promise<void> {
    const isBad = request.sequences.some((sequence) => this.#bad.has(sequence));
    if (how === "judge" && !isBad) this.#published.push(...request.sequences);
    const outcome = outcomeOf(how, isBad);
    if (outcome.kind === "rejected") {
      const about = outcome.concerns;
      for (const sequence of request.sequences) this.#parkedFor.set(sequence, about);
    }
    const before = this.#world.nowMs;
    await request.answer(outcome);
    if (outcome.kind !== "retry") return;
    // Not sooner than asked for: the line has no other request now.
    const dueMs = this.#world.stores.queue.retryState(request.line)?.retryAtMs ?? 0;
    expect(dueMs).toBeGreaterThanOrEqual(before + (outcome.retryAfterMs ?? 0));
    expect(this.#world.open.map(({ line }) => line)).not.toContain(request.line);
  }

  async #retryParked(): Promise<void> {
    const { parked, queue } = this.#world.stores;
    for (const { event } of parked.page(0, 2)) {
      parked.remove(event.sequence);
      queue.append(stored(connected("alice"), { hub: event.hub, sequence: event.sequence }));
      this.#returned.add(event.sequence);
    }
    await this.#world.advance(0);
  }

  #check(): void {
    const { open, requests, stores, nowMs, courier } = this.#world;
    const busy = open.map(({ line }) => line);
    expect(new Set(busy).size).toBe(busy.length);
    expect(busy.length).toBeLessThanOrEqual(MAX_REQUESTS_AT_ONCE);
    for (const { sequences, atMs, dueMs } of requests.slice(this.#seen)) {
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(dueMs).toBeLessThanOrEqual(atMs);
    }
    this.#seen = requests.length;
    for (const line of LINES) this.#checkOrder(line);
    // No line that could go on waits while there is room for its request.
    const waiting = [...stores.queue.lines()].filter((line) => !busy.includes(line));
    const due = waiting.filter((line) => (stores.queue.retryState(line)?.retryAtMs ?? 0) <= nowMs);
    if (busy.length < MAX_REQUESTS_AT_ONCE) expect(due).toEqual([]);
    // An alarm is asked for as long as anything waits, and no later than the first line is due.
    const nextMs = courier.nextRunMs();
    if (stores.queue.count === 0) expect(nextMs).toBeNull();
    for (const line of waiting) {
      const dueMs = stores.queue.retryState(line)?.retryAtMs ?? 0;
      expect(nextMs).toBeLessThanOrEqual(Math.max(dueMs, nowMs + 10_000));
    }
  }

  #checkOrder(line: string): void {
    const { requests } = this.#world;
    const own = new Set(
      requests.filter((request) => request.line === line).flatMap(({ sequences }) => sequences),
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
      return isBad ? rejected("message") : PUBLISHED;
    case "retry":
      return retry();
    case "retry later":
      return retry(15_000);
    case "settings":
      return rejected("settings");
  }
}
