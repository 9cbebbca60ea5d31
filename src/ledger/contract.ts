/**
 * What a hub reports to its Ledger by RPC: what happened, in order, and what it counted; and what a Ledger tells the Worker
 * about its numbers. Plain data. For minutes after a deploy, objects of two releases call each other. So a release reads
 * the new words first, and the next release is the first to send them: no call fails in between.
 */
import type { EventBody, EventType, NewEvent } from "../events/event-types.ts";
import type { Gauges } from "../metrics/exposition.ts";
import { currentKey, formerKey, type Sample } from "../metrics/samples.ts";

/** The version whose words this release uses inside. It reads this one and the one before, and sends the one before. */
export const REPORT_VERSION = 2;

/** An event in a hub's outbox. */
export interface OutboxEvent extends NewEvent {
  /** The outbox's own numbers: from 1, rising by one per event. A gap is what a full outbox dropped. */
  readonly sequence: number;
}

/** What an unauthenticated caller can cause at will. It is emitted once per minute and hub, as a number. */
export type SummaryType = Extract<EventType, "client.auth_failed" | "rate_limited">;

/** Counts since the previous one. A hub sends the same one again until it was taken, and only then the next. */
export interface StatsDelta {
  /** Never used twice: the Ledger adds a delta once, however often it is reported. */
  readonly id: string;
  readonly atMs: number;
  readonly deltas: readonly Sample[];
  readonly summaries: Readonly<Partial<Record<SummaryType, number>>>;
  /** Emitted at once, each as an event. */
  readonly immediateEvents: readonly EventBody[];
}

/** What a hub sends to its Ledger in one call. */
export interface HubReport {
  readonly version: typeof REPORT_VERSION;
  /** The hub's name; `worker` for what was refused before it reached a hub. */
  readonly hub: string;
  /** Made with the hub's outbox. A hub whose storage was deleted counts from 1 again, under another id. */
  readonly outboxId: string;
  /** In the order of their sequence. */
  readonly events: readonly OutboxEvent[];
  /** null: nothing was counted. */
  readonly stats: StatsDelta | null;
}

/** The answer to a report. */
export interface Ack {
  /** The Ledger has every event up to this sequence of the outbox: the hub may delete them. */
  readonly throughSequence: number;
}

/** The words before there were versions. */
export interface HubReportV1 {
  readonly version?: undefined;
  readonly hub: string;
  readonly outboxId: string;
  readonly events: readonly {
    readonly seq: number;
    readonly atMs: number;
    readonly body: EventBody;
  }[];
  readonly tally: {
    readonly id: string;
    readonly atMs: number;
    readonly deltas: readonly Sample[];
    readonly summaries: StatsDelta["summaries"];
    readonly occasions: readonly EventBody[];
  } | null;
}

/** The answer in those words. */
export interface AckV1 {
  readonly throughSeq: number;
}

/**
 * A report in the words of this release, whichever release sent it.
 *
 * @throws if a later release sent it in words that this one does not know. The hub keeps the report and sends it again.
 */
export function readReport(report: HubReport | HubReportV1): HubReport {
  if (report.version === undefined) return fromV1(report);
  if (report.version === REPORT_VERSION) return report;
  // The type knows no other version; a hub of a later release does.
  throw new Error(
    `the report has version ${String((report as { version: unknown }).version)}, and this release reads versions up to ${REPORT_VERSION}`,
  );
}

/** The answer in the words of the report. */
export function ackFor(report: HubReport | HubReportV1, ack: Ack): Ack | AckV1 {
  return report.version === undefined ? { throughSeq: ack.throughSequence } : ack;
}

/** The report as this release sends it: in words that a Ledger of the release before reads, too. */
export function encodeReport({ hub, outboxId, events, stats }: HubReport): HubReportV1 {
  return {
    hub,
    outboxId,
    events: events.map(({ sequence, atMs, body }) => ({ seq: sequence, atMs, body })),
    tally: stats && {
      id: stats.id,
      atMs: stats.atMs,
      deltas: stats.deltas.map(([key, value]) => [formerKey(key), value]),
      summaries: stats.summaries,
      occasions: stats.immediateEvents,
    },
  };
}

/** The answer, in the words of either version. */
export function readAck(ack: Ack | AckV1): Ack {
  return "throughSeq" in ack ? { throughSequence: ack.throughSeq } : ack;
}

/** What one Ledger knows of the metrics. */
export interface Measured {
  /** By the key of `Sample`. */
  readonly samples: Readonly<Record<string, number>>;
  readonly gauges: Gauges;
}

/** In the release before, two names were others. */
interface MeasuredV1 {
  readonly samples: Measured["samples"];
  readonly gauges: Omit<Gauges, "signal_manager_sessions"> & {
    readonly signal_manager_connections: number;
  };
}

/** What a Ledger answers to a Worker: the names of both releases at once, since a Worker asks without a version. */
export function encodeMeasured({ samples, gauges }: Measured): Measured & MeasuredV1 {
  const former = Object.entries(samples).map(([key, value]) => [formerKey(key), value] as const);
  return {
    samples: { ...Object.fromEntries(former), ...samples },
    gauges: { ...gauges, signal_manager_connections: gauges.signal_manager_sessions },
  };
}

/** The answer of a Ledger of either release, in the names of this one. */
export function readMeasured({ samples, gauges }: Measured | MeasuredV1): Measured {
  const current = Object.entries(samples).map(([key, value]) => [currentKey(key), value] as const);
  if ("signal_manager_sessions" in gauges) return { samples: Object.fromEntries(current), gauges };
  const { signal_manager_connections: signal_manager_sessions, ...others } = gauges;
  return {
    samples: Object.fromEntries(current),
    gauges: { signal_manager_sessions, ...others },
  };
}

function fromV1({ hub, outboxId, events, tally }: HubReportV1): HubReport {
  return {
    version: REPORT_VERSION,
    hub,
    outboxId,
    events: events.map(({ seq, atMs, body }) => ({ sequence: seq, atMs, body })),
    stats: tally && {
      id: tally.id,
      atMs: tally.atMs,
      deltas: tally.deltas.map(([key, value]) => [currentKey(key), value]),
      summaries: tally.summaries,
      immediateEvents: tally.occasions,
    },
  };
}
