/** What every sink is: a place outside that events go to. A new sink is one more file that implements this. */
import type { StoredEvent } from "../event-types.ts";

export interface Sink {
  /** Names the sink's rows in the Ledger and its log lines. MUST NOT change between releases, nor belong to two sinks. */
  readonly name: string;
  /**
   * `stored`: an event is kept until the sink has answered for it, and the dispatcher tries again what failed.
   * `immediate`: the sink gets an event once, when it is committed. Nothing is stored, the outcome is not read, and what
   * the sink does not publish then is lost to it.
   */
  readonly delivery: "stored" | "immediate";
  /** The most events that one batch ever holds. */
  readonly maxBatchEvents: number;
  /**
   * Prepares one publish from the head of a partition. `head` holds at least one event and is in order.
   * The batch MUST be a beginning of `head` of at least one event, be it too large, and MUST NOT publish anything yet.
   */
  batch(head: readonly StoredEvent[]): Batch;
}

export interface Batch {
  /** How many events of the head are in it. */
  readonly events: number;
  /**
   * Publishes the events in their order. Is called at most once, and never while the partition has another publish under
   * way. MUST resolve within a bounded time and MUST NOT reject: whatever goes wrong outside is an outcome.
   */
  publish(): Promise<PublishOutcome>;
}

export type PublishOutcome =
  /** The sink has every event of the batch. */
  | { readonly kind: "published" }
  /** The same events may be published at another time. The sink may have some of them already. */
  | {
      readonly kind: "retry";
      readonly reason: string;
      /** Not sooner than that; null: the sink does not say. */
      readonly retryAfterMs: number | null;
    }
  /**
   * The sink would refuse any event: a permission, the topic, the credentials or a setting is to blame. The events wait in
   * their order until somebody has mended it, however long that takes.
   */
  | { readonly kind: "blocked"; readonly reason: string }
  /** One event of the batch is wrong in itself while the others may be good. Trying it again changes nothing. */
  | { readonly kind: "rejected"; readonly reason: string };
