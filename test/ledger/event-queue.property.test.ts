/** What holds for the queue of several sinks, whatever each of them does: compared with a plain model. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { LedgerStores } from "../../src/ledger/ports.ts";
import { sqlLedgerStores } from "../../src/worker/sqlite/ledger-stores.ts";
import { connected, stored } from "../support/events.ts";
import { nodeStorage } from "../support/node-storage.ts";

const SINKS = ["pubsub", "webhook", "third"];
const PARTITIONS = ["a", "b"];

type Step =
  | { readonly do: "append" | "drop"; readonly partition: string }
  /** The sink is done with the first events of the partition; `parks`: it parks the first of them. */
  | {
      readonly do: "finish";
      readonly partition: string;
      readonly sink: string;
      readonly count: number;
      readonly parks: boolean;
    }
  | { readonly do: "retry"; readonly at: number }
  | { readonly do: "restart" };

const partition = fc.constantFrom(...PARTITIONS);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("append"), partition }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("finish"),
      partition,
      sink: fc.constantFrom(...SINKS),
      count: fc.integer({ min: 1, max: 4 }),
      parks: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("retry"), at: fc.nat() }) },
  fc.record({ do: fc.constant("drop"), partition }),
  fc.record({ do: fc.constant("restart") }),
);

it("The queue gives every sink each event once, in order, whatever the other sinks do", () => {
  const sinks = fc.integer({ min: 1, max: SINKS.length }).map((count) => SINKS.slice(0, count));
  fc.assert(
    fc.property(sinks, fc.array(steps, { maxLength: 60 }), (names, history) => {
      const run = new Run(names);
      for (const step of history) run.step(step);
    }),
    { numRuns: 300 },
  );
});

class Run {
  readonly #storage = nodeStorage();
  readonly #sinks: readonly string[];
  #stores: LedgerStores;
  #sequence = 0;
  /** For each sink and partition, the sequences that it still has to get, in order. */
  readonly #pending = new Map<string, number[]>();
  readonly #parked: { readonly sink: string; readonly partition: string; sequence: number }[] = [];

  constructor(sinks: readonly string[]) {
    this.#sinks = sinks;
    this.#stores = sqlLedgerStores(this.#storage, sinks);
  }

  step(step: Step): void {
    switch (step.do) {
      case "append":
        this.#append(step.partition);
        break;
      case "finish":
        if (this.#sinks.includes(step.sink)) this.#finish(step);
        break;
      case "retry":
        this.#retry(step.at);
        break;
      case "drop":
        this.#drop(step.partition);
        break;
      case "restart":
        this.#stores = sqlLedgerStores(this.#storage, this.#sinks);
        break;
    }
    this.#check();
  }

  #append(name: string): void {
    this.#sequence += 1;
    this.#stores.queue.append(eventOf(name, this.#sequence));
    for (const sink of this.#sinks) this.#of(sink, name).push(this.#sequence);
  }

  #finish({ sink, partition: name, count, parks }: Extract<Step, { do: "finish" }>): void {
    const pending = this.#of(sink, name);
    const done = pending.splice(0, count);
    const removed = this.#stores.queue.of(sink).remove(name, done);
    expect(removed).toEqual(new Set(done));
    const [sequence] = done;
    if (parks && sequence !== undefined) this.#parked.push({ sink, partition: name, sequence });
  }

  #retry(at: number): void {
    const [found] = this.#parked.splice(at % Math.max(1, this.#parked.length), 1);
    if (found === undefined) return;
    const { sink, partition: name, sequence } = found;
    this.#stores.queue.requeue(eventOf(name, sequence), sink);
    const pending = this.#of(sink, name);
    pending.push(sequence);
    pending.sort((a, b) => a - b);
  }

  /** Drops a shared event for every sink that needs it, or one that came back for its sink alone. */
  #drop(name: string): void {
    const before = this.#stores.queue.count;
    const dropped = this.#stores.queue.dropOldest(name);
    const all = [...this.#pending].filter(([, pending]) => pending.length > 0);
    if (dropped === undefined) return expect(all).toEqual([]);
    expect(this.#stores.queue.count).toBe(before - 1);
    for (const sink of this.#sinks) {
      const found = this.#stores.queue.of(sink).head(dropped.partition, 1000);
      const left = new Set(found.map(({ sequence }) => sequence));
      const pending = this.#of(sink, dropped.partition);
      const missing = pending.filter((sequence) => !left.has(sequence));
      expect([[], [dropped.sequence]]).toContainEqual(missing);
      this.#pending.set(
        keyOf(sink, dropped.partition),
        pending.filter((sequence) => left.has(sequence)),
      );
    }
  }

  #check(): void {
    const { queue } = this.#stores;
    for (const sink of this.#sinks) {
      const listed = new Set(queue.of(sink).partitions());
      for (const name of PARTITIONS) {
        const pending = this.#of(sink, name);
        const head = queue.of(sink).head(name, 1000);
        expect(head.map(({ sequence }) => sequence)).toEqual(pending);
        const [first] = queue.of(sink).head(name, 1);
        expect(first?.sequence).toBe(pending[0]);
        expect(listed.has(name)).toBe(pending.length > 0);
      }
    }
    // Nothing is kept that no sink needs.
    const needed = [...this.#pending.values()].some((pending) => pending.length > 0);
    if (!needed) expect(queue.count).toBe(0);
  }

  #of(sink: string, name: string): number[] {
    const pending = this.#pending.get(keyOf(sink, name)) ?? [];
    this.#pending.set(keyOf(sink, name), pending);
    return pending;
  }
}

function keyOf(sink: string, name: string): string {
  return `${sink} ${name}`;
}

function eventOf(hub: string, sequence: number) {
  return stored(connected("alice"), { hub, sequence });
}
