/** `/metrics` of a running service, series by series. */
import type { NodeService } from "./node-service.ts";

/** By the series with its labels, such as `signal_manager_errors_total{code="404"}`. */
export type Scraped = ReadonlyMap<string, number>;

/** @throws if the service does not answer with 200. */
export async function scrape(service: NodeService): Promise<Scraped> {
  const response = await service.fetch("/metrics");
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${text}`);
  return new Map(
    Array.from(text.matchAll(/^(signal_manager_\S+) (\S+)$/gm), ([, series = "", value]) => [
      series,
      Number(value),
    ]),
  );
}

/** The series that never fall: those of counters and histograms. */
export function counted(scraped: Scraped): [series: string, value: number][] {
  return [...scraped].filter(([series]) => /_(total|bucket|sum|count)(\{|$)/.test(series));
}
