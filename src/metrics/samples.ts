/** How the series of the table are kept: one number per key. Adding keeps it right, whoever adds and in whatever order. */
import { METRIC_ROWS } from "./table.ts";

/**
 * A number that the Ledger keeps, or one to be added to it. The key is `name`, `name{label="value"}`, and for a histogram
 * `name_bucket{le="bound"}` (what fell into this bucket and not into one below it), `name_sum` and `name_count`. Plain
 * data, as a structured clone takes it.
 */
export type Sample = readonly [key: string, value: number];

/** Every key that is counted, in the order of the table. Gauges are read when a scrape asks for them, and have no key. */
export const SAMPLE_KEYS: readonly string[] = METRIC_ROWS.flatMap(([name, row]) => {
  if (row.type === "gauge") return [];
  if (row.type === "histogram") {
    const buckets = (row.buckets ?? []).map((bound) => bucketKey(name, bound));
    return [...buckets, `${name}_sum`, `${name}_count`];
  }
  return row.label?.values?.map((value) => seriesKey(name, row.label, value)) ?? [name];
});

/** The samples added up, key by key. */
export function sumSamples(samples: Iterable<Sample>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of samples) sums.set(key, (sums.get(key) ?? 0) + value);
  return sums;
}

/** `name{label="value"}`, as the exposition format spells a series; just the name if there is no label. */
export function seriesKey(
  name: string,
  label: { readonly name: string } | undefined,
  value: string,
): string {
  return label === undefined ? name : `${name}{${label.name}="${escapeLabelValue(value)}"}`;
}

export function bucketKey(name: string, bound: number): string {
  return `${name}_bucket{le="${bound}"}`;
}

/** How keys began until report version 2, and how they begin now. */
const RENAMED: readonly (readonly [former: string, current: string])[] = [
  ["signal_manager_messages_total", "signal_manager_frames_total"],
  ["signal_manager_signals_routed_total", "signal_manager_signals_delivered_total"],
  ["signal_manager_upgrades_total{outcome=", "signal_manager_upgrades_total{status="],
];

/** Today's name of a key that an earlier release may have stored or reported; any other key as it is. */
export function currentKey(key: string): string {
  for (const [former, current] of RENAMED) {
    if (key.startsWith(former)) return current + key.slice(former.length);
  }
  return key;
}

/** The name that a key had until report version 2; any other key as it is. */
export function formerKey(key: string): string {
  for (const [former, current] of RENAMED) {
    if (key.startsWith(current)) return former + key.slice(current.length);
  }
  return key;
}

function escapeLabelValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
