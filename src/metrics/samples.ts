/** How the table's series are kept: one number a key, which adding keeps true, whoever adds and in whatever order. */
import { METRIC_ROWS } from "./metrics.ts";

/**
 * A row of the Ledger's storage, or what is to be added to it. The key is `name`, `name{label="value"}`, and for a
 * histogram `name_bucket{le="bound"}` (what fell into this bucket and not into one below it), `name_sum` and
 * `name_count`. A structured clone takes it as it is.
 */
export type Sample = readonly [key: string, value: number];

/** Every key that is counted, in the order of the table. Gauges are read when they are asked for, and have none. */
export const SAMPLE_KEYS: readonly string[] = METRIC_ROWS.flatMap(([name, row]) => {
  if (row.type === "gauge") return [];
  if (row.type === "histogram") {
    const buckets = (row.buckets ?? []).map((bound) => bucketKey(name, bound));
    return [...buckets, `${name}_sum`, `${name}_count`];
  }
  return row.label?.values?.map((value) => seriesKey(name, row.label, value)) ?? [name];
});

/** The samples added up, key by key: those of several Ledgers, or a row and what comes to it. */
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

function escapeLabelValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
