/**
 * THE table of metrics: the counters of the hubs, the Ledger's rows, /metrics, docs/metrics.md and the dashboard read it.
 * No label names a hub or a client, since there may be a million of either.
 */
import { END_REASONS, type EndReason } from "../events/end-reasons.ts";
import { ERROR_CODES, FAULTS } from "../protocol/errors.ts";
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from "../protocol/limits.ts";
import { MESSAGE_TYPES, type MessageTypeName } from "../protocol/messages/table.ts";

/**
 * The outcome of a publish request: the sink has the events, or they are tried again, wait because the sink refuses all
 * events, are tried in smaller batches, or are parked.
 */
const PUBLISH_OUTCOMES = ["published", "retried", "blocked", "split", "parked"] as const;

/** Why a call to a hub or a Ledger failed. `worker/object-errors.ts` says what each means. */
const CALL_FAILURES = [
  "overloaded",
  "exceeded",
  "reset",
  "updating",
  "unreachable",
  "late",
  "internal",
  "fault",
] as const;

export type CallFailure = (typeof CALL_FAILURES)[number];

/** The statuses that an upgrade is answered with; 101 is a socket (UP1-UP7). */
const UPGRADE_STATUSES = ["101", "400", "401", "403", "426", "429", "500", "503"] as const;

type SignalTypeName = {
  [Name in MessageTypeName]: (typeof MESSAGE_TYPES)[Name]["signal"] extends true ? Name : never;
}[MessageTypeName];

interface Label {
  readonly name: string;
  /** Every value of the label, so that each series exists, at 0, before anything is counted. null: only the build knows. */
  readonly values: readonly string[] | null;
}

export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly label?: Label;
  /** Upper bounds, rising. The last bucket, +Inf, is implied. */
  readonly buckets?: readonly number[];
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** From a page that is closed at once to a kiosk that stays open all day. */
const DURATION_BUCKETS = [
  1,
  5,
  15,
  MINUTE_SECONDS,
  5 * MINUTE_SECONDS,
  15 * MINUTE_SECONDS,
  HOUR_SECONDS,
  4 * HOUR_SECONDS,
  12 * HOUR_SECONDS,
  DAY_SECONDS,
];

/** From a HEARTBEAT to the largest frame. A candidate has some 300 bytes, an offer 2-8 KB. */
const FRAME_BUCKETS = [64, 256, 1024, 4096, 16_384, HEADER_BYTES + MAX_PAYLOAD_BYTES];

// Object.keys and Object.entries widen to string; these are the tables' own.
const MESSAGE_TYPE_NAMES = Object.keys(MESSAGE_TYPES) as MessageTypeName[];
const CODES = Object.keys(ERROR_CODES) as `${keyof typeof ERROR_CODES}`[];
const SIGNAL_TYPE_NAMES = MESSAGE_TYPE_NAMES.filter(isSignal);
const REASONS = Object.keys(END_REASONS) as EndReason[];

/** The codes of the faults that only a signal can have, and the code of a hub whose configuration is invalid. */
const SIGNAL_CODES = CODES.filter((code) =>
  Object.entries(FAULTS).some(
    ([fault, row]) =>
      (fault.startsWith("signal.") || fault === "internal") && `${row.code}` === code,
  ),
);

// One row per line, so that the columns can be read from top to bottom.
// oxfmt-ignore
export const METRICS = {
  signal_manager_sessions: { type: "gauge", help: "Sessions that are live now." },
  signal_manager_sessions_ended_total: { type: "counter", help: "Sessions that ended, by reason.", label: { name: "reason", values: REASONS } },
  signal_manager_session_duration_seconds: { type: "histogram", help: "Duration of the sessions that ended.", buckets: DURATION_BUCKETS },
  signal_manager_upgrades_total: { type: "counter", help: "Upgrade requests, by the HTTP status of the answer.", label: { name: "status", values: UPGRADE_STATUSES } },
  signal_manager_frames_total: { type: "counter", help: "Frames received from clients, by message type.", label: { name: "type", values: [...MESSAGE_TYPE_NAMES.map(lower), "unknown" as const] } },
  signal_manager_frame_bytes: { type: "histogram", help: "Size of the frames received from clients, header and payload.", buckets: FRAME_BUCKETS },
  signal_manager_errors_total: { type: "counter", help: "ERROR frames sent to clients, by error_code.", label: { name: "code", values: CODES } },
  signal_manager_signals_delivered_total: { type: "counter", help: "Signals delivered to their target, by message type.", label: { name: "type", values: SIGNAL_TYPE_NAMES.map(lower) } },
  signal_manager_signals_undelivered_total: { type: "counter", help: "Signals that were not delivered, by the error_code that their source got.", label: { name: "code", values: SIGNAL_CODES } },
  signal_manager_object_calls_failed_total: { type: "counter", help: "Calls to hubs and Ledgers that failed, by reason; one that was repeated counts each time.", label: { name: "reason", values: CALL_FAILURES } },
  signal_manager_hub_wakes_total: { type: "counter", help: "Times that a hub started, new or from hibernation. A start in which it counted nothing else is left out." },
  signal_manager_events_queued: { type: "gauge", help: "Events that wait to be published." },
  signal_manager_events_parked: { type: "gauge", help: "Events that a sink refused for good and that wait for an operator." },
  signal_manager_events_oldest_age_seconds: { type: "gauge", help: "Age of the oldest event that waits to be published; 0: none waits." },
  signal_manager_events_published_total: { type: "counter", help: "Events that were published to a sink." },
  signal_manager_events_dropped_total: { type: "counter", help: "Events that were dropped because the storage for events was full, the Ledger's or a hub's." },
  signal_manager_publish_requests_total: { type: "counter", help: "Publish requests to sinks, by outcome.", label: { name: "outcome", values: PUBLISH_OUTCOMES } },
  signal_manager_build_info: { type: "gauge", help: "Always 1; the label says which version runs.", label: { name: "version", values: null } },
} as const satisfies Readonly<Record<string, MetricRow>>;

type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;

type NameOfType<Type> = {
  [Name in MetricName]: Metrics[Name] extends { readonly type: Type } ? Name : never;
}[MetricName];

export type CounterName = NameOfType<"counter">;
export type HistogramName = NameOfType<"histogram">;
/** The gauges that hold a number; build_info holds a version. */
export type GaugeName = Exclude<NameOfType<"gauge">, "signal_manager_build_info">;

/** The values that the label of `Name` can have; never: it has no label. */
export type LabelValue<Name extends CounterName> = Metrics[Name] extends {
  readonly label: { readonly values: readonly (infer Value extends string)[] };
}
  ? Value
  : never;

/** The table's rows, with `label` and `buckets` readable on every one. */
export const METRIC_ROWS: readonly (readonly [MetricName, MetricRow])[] =
  // Object.entries widens the keys to string; they are the table's own.
  Object.entries(METRICS) as [MetricName, MetricRow][];

function isSignal(name: MessageTypeName): name is SignalTypeName {
  return MESSAGE_TYPES[name].signal;
}

function lower<Name extends string>(name: Name): Lowercase<Name> {
  // TypeScript gives toLowerCase() the type string.
  return name.toLowerCase() as Lowercase<Name>;
}
