/** What a hub, or the Worker, counts until its next report takes it. It lives in memory alone, and writes nothing. */
import type { EventBody } from "../events/event-types.ts";
import type { SignalMeta } from "../hub/contract.ts";
import type { HubEvent, Stats } from "../hub/ports.ts";
import type { ErrorCode, Fault } from "../protocol/errors.ts";
import { MESSAGE_TYPES, messageTypeName } from "../protocol/messages/table.ts";
import { Counters, histogramSlotsOf, slotOf, slotsOf, type Slot } from "../metrics/counters.ts";
import type { CallFailure } from "../metrics/table.ts";
import type { SummaryType, StatsDelta } from "./contract.ts";

const RECEIVED = slotsOf("signal_manager_frames_total");
const FRAME_BYTES = histogramSlotsOf("signal_manager_frame_bytes");
const ERRORS: Readonly<Record<number, Slot>> = slotsOf("signal_manager_errors_total");
const DELIVERED: Readonly<Record<string, Slot>> = slotsOf("signal_manager_signals_delivered_total");
const UNDELIVERED: Readonly<Record<number, Slot>> = slotsOf(
  "signal_manager_signals_undelivered_total",
);
const UPGRADES: Readonly<Record<number, Slot>> = slotsOf("signal_manager_upgrades_total");
const CALLS_FAILED = slotsOf("signal_manager_object_calls_failed_total");
const WAKES = slotOf("signal_manager_hub_wakes_total");

/** By the value of the message type, which is a byte. */
const RECEIVED_BY_TYPE = byType(slotsOf("signal_manager_frames_total"), RECEIVED.unknown);
const DELIVERED_BY_TYPE = byType(DELIVERED, undefined);

/** Beyond so many pairs of clients between two reports, an event no longer names its target. */
export const MAX_NAMED_PAIRS = 1000;

/** What is counted and emitted. It depends on the configuration, and on whether a hub counts or the Worker. */
export interface HubStatsSettings {
  /** False: nothing is counted for /metrics. Events are emitted all the same. */
  readonly counts: boolean;
  /** Whether `signal.delivered` is emitted. */
  readonly emitsDelivered: boolean;
  /** Whether these are the stats of a hub, so that the first of them mean that it has woken. */
  readonly isHub: boolean;
}

interface Pair {
  readonly signal: SignalMeta;
  readonly target: string | null;
  /** null: delivered. */
  readonly code: ErrorCode | null;
  count: number;
}

/** The counts and immediate events since the last report. */
export class HubStats implements Stats {
  readonly #settings: HubStatsSettings;
  readonly #counters = new Counters();
  readonly #summaries = new Map<SummaryType, number>();
  readonly #pairs = new Map<string, Pair>();
  #isFirstDrain = true;

  constructor(settings: HubStatsSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    const { counts } = this.#settings;
    return (
      !(counts && !this.#counters.isEmpty) && !this.hasImmediateEvents && this.#summaries.size === 0
    );
  }

  /** Something happened that makes an event, and is not only counted. */
  get hasImmediateEvents(): boolean {
    return this.#pairs.size > 0;
  }

  received(messageType: number, bytes: number): void {
    this.#counters.count(RECEIVED_BY_TYPE[messageType] ?? RECEIVED.unknown);
    this.#counters.observe(FRAME_BYTES, bytes);
  }

  delivered(signal: SignalMeta): void {
    const slot = DELIVERED_BY_TYPE[signal.messageType];
    if (slot !== undefined) this.#counters.count(slot);
    if (this.#settings.emitsDelivered) this.#record(signal, null);
  }

  observe(event: HubEvent): void {
    switch (event.event) {
      case "frame.refused": {
        const slot = ERRORS[event.code];
        if (slot !== undefined) this.#counters.count(slot);
        return this.#summarize(summaryOf(event.fault));
      }
      case "signal.undelivered": {
        const slot = UNDELIVERED[event.code];
        if (slot !== undefined) this.#counters.count(slot);
        return this.#record(event, event.code);
      }
      default:
        return;
    }
  }

  /** A call to an object that failed. */
  callFailed(failure: CallFailure): void {
    this.#counters.count(CALLS_FAILED[failure]);
  }

  /** An upgrade, by the HTTP status of its answer. */
  answered(status: number): void {
    const slot = UPGRADES[status];
    if (slot !== undefined) this.#counters.count(slot);
    this.#summarize(status === 401 ? "client.auth_failed" : status === 429 ? "rate_limited" : null);
  }

  /** Returns what was counted since the last `drain`, and starts again at zero; null: nothing was counted. */
  drain(): Pick<StatsDelta, "deltas" | "summaries" | "immediateEvents"> | null {
    if (this.isEmpty) return null;
    // A wake in which nothing else was counted, such as an alarm's, is not worth a report.
    if (this.#isFirstDrain && this.#settings.isHub) this.#counters.count(WAKES);
    this.#isFirstDrain = false;
    const summaries = Object.fromEntries(this.#summaries);
    const immediateEvents = Array.from(this.#pairs.values(), toEvent);
    this.#summaries.clear();
    this.#pairs.clear();
    const deltas = this.#counters.take();
    return { deltas: this.#settings.counts ? deltas : [], summaries, immediateEvents };
  }

  #summarize(type: SummaryType | null): void {
    if (type !== null) this.#summaries.set(type, (this.#summaries.get(type) ?? 0) + 1);
  }

  #record(signal: SignalMeta, code: ErrorCode | null): void {
    const target = this.#pairs.size < MAX_NAMED_PAIRS ? signal.target : null;
    const key = JSON.stringify([signal.source, target, signal.messageType, code]);
    const pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, { signal, target, code, count: 1 });
    else pair.count += 1;
  }
}

/** Events that an unauthenticated caller can trigger are aggregated into counts. */
function summaryOf(fault: Fault): SummaryType | null {
  if (fault.startsWith("auth.")) return "client.auth_failed";
  return fault.startsWith("rate.") ? "rate_limited" : null;
}

function toEvent({ signal, target, code, count }: Pair): EventBody {
  const common = {
    source_client_id: signal.source,
    target_client_id: target,
    message_type: messageTypeName(signal.messageType) ?? "unknown",
  };
  return code === null
    ? { type: "signal.delivered", data: { ...common, count } }
    : { type: "signal.undelivered", data: { ...common, error_code: code, count } };
}

/** A table of 256 entries, so that counting on the signal path takes one look-up by index. */
function byType<Other>(
  slots: Readonly<Record<string, Slot>>,
  other: Other,
): readonly (Slot | Other)[] {
  const table: (Slot | Other)[] = Array.from({ length: 256 }, () => other);
  for (const [name, { value }] of Object.entries(MESSAGE_TYPES)) {
    table[value] = slots[name.toLowerCase()] ?? other;
  }
  return table;
}
