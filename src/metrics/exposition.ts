/** Prometheus' text format, version 0.0.4: what a scrape reads. Which metrics there are is in `table.ts`. */
import { METRIC_ROWS, type GaugeName, type MetricName, type MetricRow } from "./table.ts";
import { bucketKey, seriesKey, sumSamples, type Sample } from "./samples.ts";

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const EXPOSITION_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export type Gauges = Readonly<Record<GaugeName, number>>;

/**
 * Every series of every metric, in the order of the table, 0 where nothing was counted. Samples of one key are added up, so
 * those of several Ledgers may follow each other. A key that the table does not have is left out.
 */
export function exposition(samples: Iterable<Sample>, gauges: Gauges, version: string): string {
  const sums = sumSamples(samples);
  const valueOf = (key: string) => sums.get(key) ?? 0;
  return METRIC_ROWS.map(([name, row]) =>
    [
      `# HELP ${name} ${escapeHelp(row.help)}`,
      `# TYPE ${name} ${row.type}`,
      ...seriesOf(name, row, valueOf, gauges, version),
      "",
    ].join("\n"),
  ).join("");
}

function seriesOf(
  name: MetricName,
  row: MetricRow,
  valueOf: (key: string) => number,
  gauges: Gauges,
  version: string,
): string[] {
  if (name === "signal_manager_build_info")
    return [sampleLine(seriesKey(name, row.label, version), 1)];
  // The one gauge that holds no number is handled above.
  if (row.type === "gauge") return [sampleLine(name, gauges[name as GaugeName])];
  if (row.type === "histogram") return histogram(name, row.buckets ?? [], valueOf);
  const keys = row.label?.values?.map((value) => seriesKey(name, row.label, value)) ?? [name];
  return keys.map((key) => sampleLine(key, valueOf(key)));
}

/** A bucket of the format includes the buckets below it; ours does not. */
function histogram(
  name: MetricName,
  bounds: readonly number[],
  valueOf: (key: string) => number,
): string[] {
  let below = 0;
  const buckets = bounds.map((bound) => {
    below += valueOf(bucketKey(name, bound));
    return sampleLine(bucketKey(name, bound), below);
  });
  const count = valueOf(`${name}_count`);
  return [
    ...buckets,
    sampleLine(`${name}_bucket{le="+Inf"}`, count),
    sampleLine(`${name}_sum`, valueOf(`${name}_sum`)),
    sampleLine(`${name}_count`, count),
  ];
}

function sampleLine(series: string, value: number): string {
  return `${series} ${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
