/**
 * What is counted between two reports to the Ledger. It is kept in memory only: a caller that must not lose
 * counts takes and reports them before the object may sleep.
 */
import {
  METRICS,
  type CounterName,
  type HistogramName,
  type LabelValue,
  type MetricRow,
} from "./table.ts";
import { bucketKey, SAMPLE_KEYS, seriesKey, type Sample } from "./samples.ts";

declare const brand: unique symbol;

/** Where one series is counted. Look it up once and keep it: counting is then one addition in an array. */
export type Slot = number & { readonly [brand]: "Slot" };

/** Where a histogram is counted. */
export interface HistogramSlots {
  readonly bounds: readonly number[];
  /** The index of the first bucket. The other buckets, the sum and the count follow it. */
  readonly first: number;
}

/** The slot of a counter, or of one of its series. @throws if the table has no such series. */
export function slotOf<Name extends CounterName>(
  name: Name,
  ...[value]: [LabelValue<Name>] extends [never] ? [] : [LabelValue<Name>]
): Slot {
  const { label }: MetricRow = METRICS[name];
  // No other place makes the brand.
  return indexOf(value === undefined ? name : seriesKey(name, label, value)) as Slot;
}

/** The slots of a counter by the value of its label: `slotsOf("signal_manager_errors_total")[404]`. */
export function slotsOf<Name extends CounterName>(
  name: Name,
): Readonly<Record<LabelValue<Name>, Slot>> {
  const { label }: MetricRow = METRICS[name];
  const slots = (label?.values ?? []).map((value) => [
    value,
    indexOf(seriesKey(name, label, value)),
  ]);
  // The values are the table's own, all of them.
  return Object.fromEntries(slots) as Record<LabelValue<Name>, Slot>;
}

export function histogramSlotsOf(name: HistogramName): HistogramSlots {
  const bounds = METRICS[name].buckets;
  return { bounds, first: indexOf(bucketKey(name, bounds[0] ?? 0)) };
}

function indexOf(key: string): number {
  const slot = SAMPLE_KEYS.indexOf(key);
  if (slot === -1) throw new Error(`the table of metrics has no series ${key}`);
  return slot;
}

/** The index of the bucket. Above the last bound there is none: only the count, which is the bucket +Inf, has the value. */
function bucketOf(bounds: readonly number[], value: number): number {
  let bucket = 0;
  while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
  return bucket;
}

/** All series, from zero. Counting allocates nothing. */
export class Counters {
  readonly #values = new Float64Array(SAMPLE_KEYS.length);
  #isEmpty = true;

  /** Nothing was counted since the last `take`. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  count(slot: Slot, by = 1): void {
    this.#add(slot, by);
  }

  /** Puts one value into a histogram. Its unit is the one in the metric's name. */
  observe({ bounds, first }: HistogramSlots, value: number): void {
    const bucket = bucketOf(bounds, value);
    if (bucket < bounds.length) this.#add(first + bucket, 1);
    this.#add(first + bounds.length, value);
    this.#add(first + bounds.length + 1, 1);
  }

  /** What was counted since the last `take`, and zero from here on. */
  take(): readonly Sample[] {
    if (this.#isEmpty) return [];
    const samples = SAMPLE_KEYS.map((key, slot): Sample => [key, this.#values[slot] ?? 0]);
    this.#values.fill(0);
    this.#isEmpty = true;
    return samples.filter(([, value]) => value !== 0);
  }

  #add(slot: number, by: number): void {
    this.#values[slot] = (this.#values[slot] ?? 0) + by;
    this.#isEmpty = false;
  }
}
