/** Dispatchers on real stores, with a hand-turned clock and sinks that answer when the test says so. */
import type { StoredEvent } from "../../../src/events/event-types.ts";
import { Dispatcher, requestsPerSink, type PublishResult } from "../../../src/events/dispatcher.ts";
import type { SinkQueue } from "../../../src/events/ports.ts";
import type { PublishOutcome, Sink } from "../../../src/events/sinks/sink.ts";
import type { LedgerStores } from "../../../src/ledger/ports.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { connected, EVENT_AT_MS, stored } from "../../support/events.ts";
import { nodeStorage } from "../../support/node-storage.ts";

/** The most events that the sinks of this world put into one batch. */
export const MAX_BATCH_EVENTS = 500;

export interface Request {
  readonly sink: string;
  readonly partition: string;
  readonly sequences: readonly number[];
  /** The hub of each event. */
  readonly hubs: readonly string[];
  readonly atMs: number;
  /** When the partition was due. */
  readonly dueMs: number;
  readonly answer: (outcome: PublishOutcome) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

export class DispatcherWorld {
  readonly storage: DurableObjectStorage;
  readonly stores: LedgerStores;
  /** The first sink's. */
  readonly dispatcher: Dispatcher;
  readonly dispatchers: readonly Dispatcher[];
  readonly results: PublishResult[] = [];
  /** Requests that have no answer yet, the oldest first. */
  readonly open: Request[] = [];
  readonly requests: Request[] = [];
  nowMs = EVENT_AT_MS;
  random = 1;
  readonly #names: readonly string[];
  #sequence = 0;

  constructor(names: readonly [string, ...string[]] = ["pubsub"], storage = nodeStorage()) {
    this.storage = storage;
    this.#names = names;
    this.stores = sqlLedgerStores(this.storage, names);
    this.dispatchers = names.map((name) => this.#dispatcherOf(name));
    const [first] = this.dispatchers;
    if (first === undefined) throw new Error("a world needs a sink");
    this.dispatcher = first;
  }

  get maxRequests(): number {
    return requestsPerSink(this.#names.length);
  }

  /** Returns the sequences of the new events. */
  append(hub: string, count = 1): number[] {
    return Array.from({ length: count }, () => {
      this.#sequence += 1;
      this.stores.queue.append(stored(connected("alice"), { hub, sequence: this.#sequence }));
      return this.#sequence;
    });
  }

  /** Appends as a report does, and drains. */
  async take(hub: string, count = 1): Promise<number[]> {
    const sequences = this.append(hub, count);
    await this.drain();
    return sequences;
  }

  async answer(partition: string, outcome: PublishOutcome, sink = this.#names[0]): Promise<void> {
    const request = this.open.find((each) => each.partition === partition && each.sink === sink);
    if (request === undefined) throw new Error(`no request of ${sink} for ${partition} is open`);
    await request.answer(outcome);
  }

  /** Time passes, and the alarm fires. */
  async advance(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.drain();
  }

  async drain(): Promise<void> {
    for (const dispatcher of this.dispatchers) void dispatcher.drain();
    await settled();
  }

  /** The sequences of each open request, by partition. */
  inFlight(sink = this.#names[0]): Record<string, readonly number[]> {
    const own = this.open.filter((each) => each.sink === sink);
    return Object.fromEntries(own.map(({ partition, sequences }) => [partition, sequences]));
  }

  queueOf(sink = this.#names[0] ?? ""): SinkQueue {
    return this.stores.queue.of(sink);
  }

  /** Parks and puts back as the Ledger does for a person. */
  retryParked(sequence: number): void {
    const { parked, queue } = this.stores;
    const found = parked.find(sequence);
    if (found === undefined) throw new Error(`${sequence} is not parked`);
    for (const sink of found.sinks) queue.requeue(found.event, sink);
    parked.remove(sequence);
  }

  get parked(): number[] {
    return this.stores.parked.page(0, 10_000).map(({ event }) => event.sequence);
  }

  #dispatcherOf(name: string): Dispatcher {
    return new Dispatcher(this.#sinkOf(name), this.maxRequests, {
      queue: this.stores.queue.of(name),
      park: (event, reason, parkedAtMs) =>
        this.stores.parked.park(event, { sink: name, reason, parkedAtMs }),
      transaction: (run) => this.stores.transaction(run),
      now: () => this.nowMs,
      random: () => this.random,
      observe: (result) => this.results.push(result),
    });
  }

  #sinkOf(name: string): Sink {
    return {
      name,
      delivery: "stored",
      maxBatchEvents: MAX_BATCH_EVENTS,
      batch: (head) => {
        // As Pub/Sub's sink: an event of a type that this release does not know makes it throw.
        if (head.some(({ type }) => type.startsWith("of "))) throw new TypeError("unknown type");
        return { events: head.length, publish: () => this.#publish(name, head) };
      },
    };
  }

  #publish(sink: string, events: readonly StoredEvent[]): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      const close = (settle: () => void) => {
        this.open.splice(this.open.indexOf(request), 1);
        settle();
        return settled();
      };
      const partition = events[0]?.partition ?? "";
      const request: Request = {
        sink,
        partition,
        sequences: events.map(({ sequence }) => sequence),
        hubs: events.map(({ hub }) => hub),
        atMs: this.nowMs,
        dueMs: this.queueOf(sink).retryState(partition)?.retryAtMs ?? 0,
        answer: (outcome) => close(() => resolve(outcome)),
        fail: (error) => close(() => reject(error)),
      };
      this.open.push(request);
      this.requests.push(request);
    });
  }
}

/** Resolves when everything has happened that needs no answer. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export const PUBLISHED: PublishOutcome = { kind: "published" };

export function retry(retryAfterMs: number | null = null): PublishOutcome {
  return { kind: "retry", reason: "503", retryAfterMs };
}

export const REJECTED: PublishOutcome = { kind: "rejected", reason: "400: bad" };

export const BLOCKED: PublishOutcome = { kind: "blocked", reason: "403: no" };
