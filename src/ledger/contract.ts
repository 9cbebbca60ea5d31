/** What a hub reports to the Ledger by RPC: what happened, in order, and what it counted. Plain data. */
import type { EventBody, EventType } from "../events/event-types.ts";
import type { Sample } from "../metrics/counters.ts";

/** An event as it lies in a hub's outbox. */
export interface OutboxEvent {
  /** Rises by one an event, from 1; a gap is what a full outbox dropped. */
  readonly seq: number;
  readonly atMs: number;
  readonly body: EventBody;
}

/** What strangers cause at will: told once a minute and hub, as a number. */
export type SummaryType = Extract<EventType, "client.auth_failed" | "rate_limited">;

/** Counts since the tally before. A hub sends the same tally again until it was taken, and the next one only then. */
export interface StatsDelta {
  /** Never used twice: the Ledger adds a tally once, however often it comes. */
  readonly id: string;
  readonly atMs: number;
  readonly deltas: readonly Sample[];
  readonly summaries: Readonly<Partial<Record<SummaryType, number>>>;
  /** Told at once, each as an event of its own. */
  readonly occasions: readonly EventBody[];
}

export interface HubReport {
  /** The hub's name; `worker` for what was refused before it reached one. */
  readonly hub: string;
  /** Made with the hub's outbox: a hub whose storage was deleted counts from 1 again, under another id. */
  readonly outboxId: string;
  /** In the order of `seq`. */
  readonly events: readonly OutboxEvent[];
  /** null: nothing was counted. */
  readonly tally: StatsDelta | null;
}

export interface Ack {
  /** Everything up to it is the Ledger's now: the hub may delete it. */
  readonly throughSeq: number;
}
