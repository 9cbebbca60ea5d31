/**
 * Publishes what the queue holds: line by line in order, one request in flight a line, never one line waiting for
 * another's trouble. Decides what an outcome means; how a request is made is its `publish`.
 */
import { takeBatch } from "./sinks/pubsub/batch.ts";
import { retryDelayMs } from "./backoff.ts";
import { toPubsubMessage, type PubsubMessage } from "./sinks/pubsub/cloud-event.ts";
import type { StoredEvent } from "./event-types.ts";
import type { PublishOutcome } from "./sinks/pubsub/publish-outcome.ts";
import { MAX_BATCH_MESSAGES } from "./sinks/pubsub/batch.ts";
import type { LedgerStores } from "../ledger/ports.ts";

export interface DispatcherPorts {
  readonly publish: (messages: readonly PubsubMessage[]) => Promise<PublishOutcome>;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** After each request, when the stores hold what came of it. */
  readonly observe: (delivery: Delivery) => void;
}

/** One request, and what came of it. */
export interface Delivery {
  readonly line: string;
  readonly events: number;
  readonly outcome: "published" | "retried" | "split" | "parked";
  readonly reason: string | null;
}

/** The platform lets six connections be open at once; two are left for what else there is. */
export const MAX_REQUESTS_AT_ONCE = 4;

/** A line that is being seen to is looked after again so much later: what sees to it may have been reset meanwhile. */
const LOOK_AGAIN_MS = 10_000;

export class Dispatcher {
  readonly #stores: LedgerStores;
  readonly #ports: DispatcherPorts;
  readonly #busy = new Set<string>();
  /** A line whose batch was refused for one bad message tries fewer at once until that one is found. */
  readonly #batchSizes = new Map<string, number>();
  /** A line that made us throw is left alone until then, so that it does not take worker after worker with it. */
  readonly #brokenUntilMs = new Map<string, number>();
  #workers = 0;

  constructor(stores: LedgerStores, ports: DispatcherPorts) {
    this.#stores = stores;
    this.#ports = ports;
  }

  /**
   * Sees to every line that is due and that no run before it sees to. Resolves when that is done: a run that finds
   * enough under way has nothing to do, and does not wait for it. Rejects if a store throws, or for a mistake of ours.
   */
  async run(): Promise<void> {
    const workers: Promise<void>[] = [];
    while (this.#workers < MAX_REQUESTS_AT_ONCE && this.#nextLine() !== undefined) {
      workers.push(this.#work());
    }
    await Promise.all(workers);
  }

  /** When to run again, even if this object is lost; null: no line holds anything. */
  nextRunMs(): number | null {
    const nowMs = this.#ports.now();
    let nextMs: number | null = null;
    for (const line of this.#stores.queue.lines()) {
      const dueMs = this.#dueMs(line);
      // One that is due is seen to now.
      const atMs = dueMs <= nowMs ? nowMs + LOOK_AGAIN_MS : dueMs;
      if (nextMs === null || atMs < nextMs) nextMs = atMs;
    }
    return nextMs;
  }

  /** One of several that take lines as they become free. */
  async #work(): Promise<void> {
    this.#workers += 1;
    try {
      for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
        this.#busy.add(line);
        try {
          await this.#publishHead(line);
          this.#brokenUntilMs.delete(line);
        } catch (error) {
          this.#brokenUntilMs.set(line, this.#ports.now() + LOOK_AGAIN_MS);
          throw error;
        } finally {
          this.#busy.delete(line);
        }
      }
    } finally {
      this.#workers -= 1;
    }
  }

  #nextLine(): string | undefined {
    const nowMs = this.#ports.now();
    for (const line of this.#stores.queue.lines()) {
      if (!this.#busy.has(line) && this.#dueMs(line) <= nowMs) return line;
    }
    return undefined;
  }

  /** 0: there is nothing to wait for. */
  #dueMs(line: string): number {
    const retryAtMs = this.#stores.queue.retryState(line)?.retryAtMs ?? 0;
    return Math.max(retryAtMs, this.#brokenUntilMs.get(line) ?? 0);
  }

  async #publishHead(line: string): Promise<void> {
    const limit = this.#batchSizes.get(line) ?? MAX_BATCH_MESSAGES;
    const head = this.#stores.queue.head(line, limit);
    const messages = takeBatch(head.map(toPubsubMessage));
    const events = head.slice(0, messages.length);
    const outcome = await this.#ports.publish(messages);
    this.#settle(line, events, outcome);
  }

  #settle(line: string, events: readonly StoredEvent[], outcome: PublishOutcome): void {
    const stores = this.#stores;
    const about = { line, events: events.length };
    switch (outcome.kind) {
      case "published":
        stores.transaction(() => this.#remove(line, events));
        this.#batchSizes.delete(line);
        return this.#ports.observe({ ...about, outcome: "published", reason: null });
      case "rejected": {
        const { reason } = outcome;
        if (outcome.concerns === "message" && events.length > 1) {
          this.#batchSizes.set(line, Math.ceil(events.length / 2));
          return this.#ports.observe({ ...about, outcome: "split", reason });
        }
        stores.transaction(() => this.#park(line, events, reason));
        return this.#ports.observe({ ...about, outcome: "parked", reason });
      }
      case "retry": {
        const { reason, retryAfterMs } = outcome;
        const tries = (stores.queue.retryState(line)?.tries ?? 0) + 1;
        const delayMs = retryDelayMs(tries, retryAfterMs, this.#ports.random);
        const retryAtMs = this.#ports.now() + delayMs;
        stores.transaction(() => stores.queue.setRetryState(line, { tries, retryAtMs, reason }));
        return this.#ports.observe({ ...about, outcome: "retried", reason });
      }
    }
  }

  #park(line: string, events: readonly StoredEvent[], reason: string): void {
    const parkedAtMs = this.#ports.now();
    const removed = this.#remove(line, events);
    for (const event of events) {
      // One that is not there gave way to newer ones while the request was under way.
      if (removed.has(event.sequence)) this.#stores.parked.park({ event, reason, parkedAtMs });
    }
  }

  /** These and no others: a parked one may have come back among them while the request was under way. */
  #remove(line: string, events: readonly StoredEvent[]): ReadonlySet<number> {
    const { queue } = this.#stores;
    if (queue.retryState(line) !== undefined) queue.setRetryState(line, null);
    return queue.remove(
      line,
      events.map(({ sequence }) => sequence),
    );
  }
}
