/**
 * Publishes what the queue holds: line by line in order, one request in flight a line, never one line waiting for
 * another's trouble. Decides what an outcome means; how a request is made is its `publish`.
 */
import { takeBatch } from "../events/batch.ts";
import { retryDelayMs } from "../events/backoff.ts";
import { toPubsubMessage, type PubsubMessage } from "../events/cloud-event.ts";
import type { StoredEvent } from "../events/event-types.ts";
import type { PublishOutcome } from "../events/publish-outcome.ts";
import { MAX_BATCH_MESSAGES } from "../events/batch.ts";
import type { LedgerStores } from "./ports.ts";

export interface CourierPorts {
  readonly publish: (messages: readonly PubsubMessage[]) => Promise<PublishOutcome>;
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** After each request, when the stores hold what came of it. */
  readonly observe: (delivery: Delivery) => void;
}

/** One request, and what came of it. */
export interface Delivery {
  readonly hub: string;
  readonly events: number;
  readonly outcome: "published" | "retried" | "split" | "parked";
  readonly reason: string | null;
}

/** The platform lets six connections be open at once; two are left for what else there is. */
const MAX_REQUESTS_AT_ONCE = 4;

export class Courier {
  readonly #stores: LedgerStores;
  readonly #ports: CourierPorts;
  readonly #busy = new Set<string>();
  /** A line whose batch was refused for one bad message tries fewer at once until that one is found. */
  readonly #batchSizes = new Map<string, number>();
  #running: Promise<void> | null = null;

  constructor(stores: LedgerStores, ports: CourierPorts) {
    this.#stores = stores;
    this.#ports = ports;
  }

  /** Publishes until no line has anything due. Joins the run that is under way. Rejects only if a store throws. */
  run(): Promise<void> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** When the next line is due; null: none holds anything. */
  nextDueMs(): number | null {
    const dueMs = this.#lines().map((hub) => this.#stores.queue.setback(hub)?.retryAtMs ?? 0);
    return dueMs.length === 0 ? null : Math.min(...dueMs);
  }

  async #runAll(): Promise<void> {
    await Promise.all(Array.from({ length: MAX_REQUESTS_AT_ONCE }, () => this.#work()));
  }

  /** One of several that take lines as they become free. */
  async #work(): Promise<void> {
    for (let hub = this.#nextLine(); hub !== undefined; hub = this.#nextLine()) {
      this.#busy.add(hub);
      try {
        await this.#publishHead(hub);
      } finally {
        this.#busy.delete(hub);
      }
    }
  }

  #nextLine(): string | undefined {
    const nowMs = this.#ports.now();
    return this.#lines().find(
      (hub) => !this.#busy.has(hub) && (this.#stores.queue.setback(hub)?.retryAtMs ?? 0) <= nowMs,
    );
  }

  #lines(): string[] {
    return [...this.#stores.queue.hubs()];
  }

  async #publishHead(hub: string): Promise<void> {
    const limit = this.#batchSizes.get(hub) ?? MAX_BATCH_MESSAGES;
    const head = this.#stores.queue.head(hub, limit);
    const messages = takeBatch(head.map(toPubsubMessage));
    const events = head.slice(0, messages.length);
    const outcome = await this.#ports.publish(messages);
    this.#settle(hub, events, outcome);
  }

  #settle(hub: string, events: readonly StoredEvent[], outcome: PublishOutcome): void {
    const stores = this.#stores;
    const about = { hub, events: events.length };
    switch (outcome.kind) {
      case "published":
        stores.transaction(() => this.#remove(hub, events));
        this.#batchSizes.delete(hub);
        return this.#ports.observe({ ...about, outcome: "published", reason: null });
      case "rejected": {
        const { reason } = outcome;
        if (outcome.concerns === "message" && events.length > 1) {
          this.#batchSizes.set(hub, Math.ceil(events.length / 2));
          return this.#ports.observe({ ...about, outcome: "split", reason });
        }
        stores.transaction(() => this.#park(hub, events, reason));
        return this.#ports.observe({ ...about, outcome: "parked", reason });
      }
      case "retry": {
        const { reason, retryAfterMs } = outcome;
        const tries = (stores.queue.setback(hub)?.tries ?? 0) + 1;
        const delayMs = retryDelayMs(tries, retryAfterMs, this.#ports.random);
        const retryAtMs = this.#ports.now() + delayMs;
        stores.transaction(() => stores.queue.setSetback(hub, { tries, retryAtMs, reason }));
        return this.#ports.observe({ ...about, outcome: "retried", reason });
      }
    }
  }

  #park(hub: string, events: readonly StoredEvent[], reason: string): void {
    const parkedAtMs = this.#ports.now();
    for (const event of events) this.#stores.parked.park({ event, reason, parkedAtMs });
    this.#remove(hub, events);
  }

  #remove(hub: string, events: readonly StoredEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.#stores.queue.remove(hub, last.sequence);
    if (this.#stores.queue.setback(hub) !== undefined) this.#stores.queue.setSetback(hub, null);
  }
}
