/**
 * Publishes what waits for one stored sink: partition by partition in order, with one request in flight per partition, so
 * that a partition whose requests fail never holds up another. Decides what an outcome means; how a request is made and
 * read is the sink's. Each sink has a dispatcher of its own: no sink waits for another one.
 */
import { retryDelayMs } from "./backoff.ts";
import type { StoredEvent } from "./event-types.ts";
import type { SinkQueue } from "./ports.ts";
import type { PublishOutcome, Sink } from "./sinks/sink.ts";

/** What a dispatcher needs of the Ledger and of the platform. */
export interface DispatcherPorts {
  readonly queue: SinkQueue;
  /** Keeps an event that the sink refused for good. */
  readonly park: (event: StoredEvent, reason: string, parkedAtMs: number) => void;
  /** Runs `run` in one transaction. */
  readonly transaction: (run: () => void) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Is called after each request, when the storage holds its outcome. */
  readonly observe: (result: PublishResult) => void;
}

/** One publish request and its outcome. */
export interface PublishResult {
  readonly sink: string;
  readonly partition: string;
  readonly events: number;
  readonly outcome: "published" | "retried" | "blocked" | "split" | "parked";
  /** null: published. */
  readonly reason: string | null;
}

/** The platform lets an object have six connections open at once; two are left for other calls. */
export const MAX_REQUESTS = 4;

/** A partition is checked again this long after a publish began: the object may have been reset before it finished. */
export const RECHECK_MS = 10_000;

/** A partition is left alone for this long after its publish threw. */
export const THROWN_PAUSE_MS = 10_000;

/** What blocks a sink is mended by a person, or by Google within minutes of a grant. */
export const BLOCKED_PAUSE_MS = 60_000;

/** How many requests each of several sinks may have in flight, so that one that hangs leaves connections to the others. */
export function requestsPerSink(storedSinks: number): number {
  return Math.max(1, Math.floor(MAX_REQUESTS / storedSinks));
}

/** Publishes for one sink. It keeps no event: after a reset, a new one goes on from the queue. */
export class Dispatcher {
  readonly #sink: Sink;
  readonly #maxRequests: number;
  readonly #ports: DispatcherPorts;
  readonly #inFlight = new Set<string>();
  /** A partition whose batch was refused for one bad event tries smaller batches until that event is found. */
  readonly #batchSizes = new Map<string, number>();
  /** A partition whose publish threw is left alone until then: otherwise every loop would pick it up and fail on it. */
  readonly #brokenUntilMs = new Map<string, number>();
  #loops = 0;

  constructor(sink: Sink, maxRequests: number, ports: DispatcherPorts) {
    this.#sink = sink;
    this.#maxRequests = maxRequests;
    this.#ports = ports;
  }

  /**
   * Publishes every partition that is due and not in flight already. Resolves when that is done; what an earlier call has in
   * flight is not waited for. Rejects if the storage throws, or for a mistake of ours.
   */
  async drain(): Promise<void> {
    const loops: Promise<void>[] = [];
    while (this.#loops < this.#maxRequests && this.#nextPartition() !== undefined) {
      loops.push(this.#drainLoop());
    }
    await Promise.all(loops);
  }

  /** When to call `drain` again, even if this object is lost meanwhile; null: nothing waits for the sink. */
  nextDrainMs(): number | null {
    const nowMs = this.#ports.now();
    let nextMs: number | null = null;
    for (const partition of this.#ports.queue.partitions()) {
      const dueMs = this.#dueMs(partition);
      // A partition that is due is in flight, or waits for a free loop.
      const atMs = dueMs <= nowMs ? nowMs + RECHECK_MS : dueMs;
      if (nextMs === null || atMs < nextMs) nextMs = atMs;
    }
    return nextMs;
  }

  /** One of several loops, each of which takes the next partition when it is free. */
  async #drainLoop(): Promise<void> {
    this.#loops += 1;
    try {
      let partition = this.#nextPartition();
      for (; partition !== undefined; partition = this.#nextPartition()) {
        await this.#publishIsolated(partition);
      }
    } finally {
      this.#loops -= 1;
    }
  }

  async #publishIsolated(partition: string): Promise<void> {
    this.#inFlight.add(partition);
    try {
      await this.#publishHead(partition);
      this.#brokenUntilMs.delete(partition);
    } catch (error) {
      this.#brokenUntilMs.set(partition, this.#ports.now() + THROWN_PAUSE_MS);
      throw error;
    } finally {
      this.#inFlight.delete(partition);
    }
  }

  #nextPartition(): string | undefined {
    const nowMs = this.#ports.now();
    for (const partition of this.#ports.queue.partitions()) {
      if (!this.#inFlight.has(partition) && this.#dueMs(partition) <= nowMs) return partition;
    }
    return undefined;
  }

  /** 0: nothing has to be waited for. */
  #dueMs(partition: string): number {
    const retryAtMs = this.#ports.queue.retryState(partition)?.retryAtMs ?? 0;
    return Math.max(retryAtMs, this.#brokenUntilMs.get(partition) ?? 0);
  }

  async #publishHead(partition: string): Promise<void> {
    const limit = this.#batchSizes.get(partition) ?? this.#sink.maxBatchEvents;
    const head = this.#ports.queue.head(partition, limit);
    const batch = this.#sink.batch(head);
    const outcome = await batch.publish();
    this.#apply(partition, head.slice(0, batch.events), outcome);
  }

  #apply(partition: string, events: readonly StoredEvent[], outcome: PublishOutcome): void {
    switch (outcome.kind) {
      case "published":
        this.#ports.transaction(() => void this.#remove(partition, events));
        this.#batchSizes.delete(partition);
        return this.#observe(partition, events, "published", null);
      case "rejected": {
        const { reason } = outcome;
        if (events.length > 1) {
          this.#batchSizes.set(partition, Math.ceil(events.length / 2));
          return this.#observe(partition, events, "split", reason);
        }
        this.#ports.transaction(() => this.#park(partition, events, reason));
        return this.#observe(partition, events, "parked", reason);
      }
      case "retry":
        this.#postpone(partition, outcome.reason, outcome.retryAfterMs);
        return this.#observe(partition, events, "retried", outcome.reason);
      case "blocked":
        this.#postpone(partition, outcome.reason, BLOCKED_PAUSE_MS);
        return this.#observe(partition, events, "blocked", outcome.reason);
    }
  }

  /** The whole partition waits, so that its order is kept. */
  #postpone(partition: string, reason: string, retryAfterMs: number | null): void {
    const { queue, random, now, transaction } = this.#ports;
    const tries = (queue.retryState(partition)?.tries ?? 0) + 1;
    const retryAtMs = now() + retryDelayMs(tries, retryAfterMs, random);
    transaction(() => queue.setRetryState(partition, { tries, retryAtMs, reason }));
  }

  #park(partition: string, events: readonly StoredEvent[], reason: string): void {
    const parkedAtMs = this.#ports.now();
    const removed = this.#remove(partition, events);
    for (const event of events) {
      // One that is missing was dropped for newer ones while the request was in flight.
      if (removed.has(event.sequence)) this.#ports.park(event, reason, parkedAtMs);
    }
  }

  /** Removes these events alone: while the request was in flight, an event between them may have been requeued. */
  #remove(partition: string, events: readonly StoredEvent[]): ReadonlySet<number> {
    const { queue } = this.#ports;
    if (queue.retryState(partition) !== undefined) queue.setRetryState(partition, null);
    return queue.remove(
      partition,
      events.map(({ sequence }) => sequence),
    );
  }

  #observe(
    partition: string,
    events: readonly StoredEvent[],
    outcome: PublishResult["outcome"],
    reason: string | null,
  ): void {
    const sink = this.#sink.name;
    this.#ports.observe({ sink, partition, events: events.length, outcome, reason });
  }
}

/** Gives committed events to an immediate sink, in order. Its outcome is not read (`Sink.delivery`). */
export function publishAtOnce(sink: Sink, events: readonly StoredEvent[]): void {
  for (let rest = events; rest.length > 0;) {
    const batch = sink.batch(rest.slice(0, sink.maxBatchEvents));
    void batch.publish();
    rest = rest.slice(batch.events);
  }
}
