/** What a hub counts of its own doings, or the Worker of its, until the next report takes it. In memory: nothing here writes. */
import type { EventBody } from "../events/event-types.ts";
import type { Counts, HubEvent, SignalMeta } from "../hub/ports.ts";
import type { ErrorCode, Fault } from "../protocol/errors.ts";
import { MESSAGE_TYPES, messageTypeName } from "../protocol/messages/table.ts";
import { Counters, histogramSlotsOf, slotOf, slotsOf, type Slot } from "../metrics/counters.ts";
import type { SummaryType, StatsDelta } from "./contract.ts";

const RECEIVED = slotsOf("signal_manager_messages_total");
const FRAME_BYTES = histogramSlotsOf("signal_manager_frame_bytes");
const ERRORS: Readonly<Record<number, Slot>> = slotsOf("signal_manager_errors_total");
const ROUTED: Readonly<Record<string, Slot>> = slotsOf("signal_manager_signals_routed_total");
const UNDELIVERED: Readonly<Record<number, Slot>> = slotsOf(
  "signal_manager_signals_undelivered_total",
);
const UPGRADES: Readonly<Record<number, Slot>> = slotsOf("signal_manager_upgrades_total");
const WAKES = slotOf("signal_manager_hub_wakes_total");

/** By the type's value, which is a byte. */
const RECEIVED_BY_TYPE = byType(slotsOf("signal_manager_messages_total"), RECEIVED.unknown);
const ROUTED_BY_TYPE = byType(ROUTED, undefined);

/** Signals to more pairs of clients than this, between two reports, are told without their target. */
export const MAX_TOLD_PAIRS = 1000;

export interface HubStatsSettings {
  /** False: only what is told as an event, nothing for /metrics. */
  readonly counts: boolean;
  /** Whether `signal.delivered` is told. */
  readonly tellsDelivered: boolean;
  /** Whether the book is a hub's, and its beginning a wake. */
  readonly isHub: boolean;
}

interface Pair {
  readonly signal: SignalMeta;
  readonly target: string | null;
  /** null: delivered. */
  readonly code: ErrorCode | null;
  count: number;
}

export class HubStats implements Counts {
  readonly #settings: HubStatsSettings;
  readonly #counters = new Counters();
  readonly #summaries = new Map<SummaryType, number>();
  readonly #pairs = new Map<string, Pair>();
  #isFirstTally = true;

  constructor(settings: HubStatsSettings) {
    this.#settings = settings;
  }

  get isEmpty(): boolean {
    const { counts } = this.#settings;
    return !(counts && !this.#counters.isEmpty) && !this.hasOccasions && this.#summaries.size === 0;
  }

  /** Something happened that is told as an event, not only counted. */
  get hasOccasions(): boolean {
    return this.#pairs.size > 0;
  }

  received(messageType: number, bytes: number): void {
    this.#counters.count(RECEIVED_BY_TYPE[messageType] ?? RECEIVED.unknown);
    this.#counters.observe(FRAME_BYTES, bytes);
  }

  routed(signal: SignalMeta): void {
    const slot = ROUTED_BY_TYPE[signal.messageType];
    if (slot !== undefined) this.#counters.count(slot);
    if (this.#settings.tellsDelivered) this.#tell(signal, null);
  }

  observe(event: HubEvent): void {
    switch (event.event) {
      case "frame.refused": {
        const slot = ERRORS[event.code];
        if (slot !== undefined) this.#counters.count(slot);
        return this.#summarise(summaryOf(event.fault));
      }
      case "signal.undelivered": {
        const slot = UNDELIVERED[event.code];
        if (slot !== undefined) this.#counters.count(slot);
        return this.#tell(event, event.code);
      }
      default:
        return;
    }
  }

  /** An upgrade, by the HTTP status of its answer. */
  answered(status: number): void {
    const slot = UPGRADES[status];
    if (slot !== undefined) this.#counters.count(slot);
    this.#summarise(status === 401 ? "client.auth_failed" : status === 429 ? "rate_limited" : null);
  }

  /** What was counted since the last `take`, and zero from here on; null: nothing. */
  take(): Pick<StatsDelta, "deltas" | "summaries" | "occasions"> | null {
    if (this.isEmpty) return null;
    // A wake in which nothing else was counted, an alarm's, is not worth a report.
    if (this.#isFirstTally && this.#settings.isHub) this.#counters.count(WAKES);
    this.#isFirstTally = false;
    const summaries = Object.fromEntries(this.#summaries);
    const occasions = Array.from(this.#pairs.values(), toEvent);
    this.#summaries.clear();
    this.#pairs.clear();
    const deltas = this.#counters.take();
    return { deltas: this.#settings.counts ? deltas : [], summaries, occasions };
  }

  #summarise(type: SummaryType | null): void {
    if (type !== null) this.#summaries.set(type, (this.#summaries.get(type) ?? 0) + 1);
  }

  #tell(signal: SignalMeta, code: ErrorCode | null): void {
    const target = this.#pairs.size < MAX_TOLD_PAIRS ? signal.target : null;
    const key = JSON.stringify([signal.source, target, signal.messageType, code]);
    const pair = this.#pairs.get(key);
    if (pair === undefined) this.#pairs.set(key, { signal, target, code, count: 1 });
    else pair.count += 1;
  }
}

/** What strangers cause at will is told as a number. */
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

/** A table of 256 entries, so that a count on the signal path is one look-up by index. */
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
