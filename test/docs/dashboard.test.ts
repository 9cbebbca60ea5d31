/** docs/grafana-dashboard.json against the table of metrics; promtool, Prometheus' own tool, checks its expressions. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METRIC_ROWS, type MetricName, type MetricRow } from "../../src/metrics/metrics.ts";
import { readOwn } from "../support/own-settings.ts";
import { announceMissingPromtool, hasPromtool, promtool } from "../support/promtool.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const { panels }: { panels: readonly Panel[] } = JSON.parse(readOwn("docs/grafana-dashboard.json"));

const expressions = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legend: legendFormat })),
);

/** The rows of the table, by the name of every series that they have. */
const ROW_BY_SERIES = new Map<string, { readonly name: MetricName; readonly row: MetricRow }>(
  METRIC_ROWS.flatMap(([name, row]) => {
    const suffixes = row.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    return suffixes.map((suffix) => [`${name}${suffix}`, { name, row }] as const);
  }),
);

function seriesIn(expression: string): string[] {
  return expression.match(/signal_manager_\w+/g) ?? [];
}

describe("the dashboard", () => {
  it.each(expressions)("names only series of the table in $title: $expr", ({ expr }) => {
    const series = seriesIn(expr);
    expect(series).not.toEqual([]);
    expect(series.filter((name) => !ROW_BY_SERIES.has(name))).toEqual([]);
  });

  it("shows every metric of the table", () => {
    const shown = new Set(
      expressions.flatMap(({ expr }) =>
        seriesIn(expr).map((name) => ROW_BY_SERIES.get(name)?.name),
      ),
    );
    expect(METRIC_ROWS.map(([name]) => name).filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(expressions)(
    "takes rates of counters only, and of every counter, in $title: $expr",
    ({ expr }) => {
      for (const name of seriesIn(expr)) {
        const isGauge = ROW_BY_SERIES.get(name)?.row.type === "gauge";
        expect(expr.includes(`rate(${name}{`)).toBe(!isGauge);
      }
    },
  );

  it.each(expressions)(
    "groups by labels that exist, and names every one of them in the legend, in $title: $legend",
    (shown) => {
      const { expr, legend } = shown;
      const grouped = Array.from(expr.matchAll(/ by \((\w+)\)/g), ([, label]) => label);
      const named = Array.from(legend.matchAll(/\{\{(\w+)\}\}/g), ([, label]) => label);
      const own = seriesIn(expr).map((name) => ROW_BY_SERIES.get(name)?.row.label?.name);
      // Prometheus adds `instance` to each series, and a histogram has its bounds in `le`.
      const known = new Set([...own, "instance", "le"]);
      expect([...grouped, ...named].filter((label) => !known.has(label))).toEqual([]);
      // Two lines that differ only in a label that the legend leaves out would look the same.
      const kept = grouped.filter((label) => label !== "le");
      expect(kept.filter((label) => !named.includes(label))).toEqual([]);
    },
  );

  it("has panels with distinct ids that neither overlap nor exceed the grid", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});

describe("promtool", () => {
  announceMissingPromtool("the check of the dashboard's expressions by promtool");

  it.skipIf(!hasPromtool)(
    "accepts every expression of the dashboard, and refuses a broken one",
    () => {
      const rules = expressions.map(({ expr }, at) => ({
        record: `shown:${at}`,
        expr: filledIn(expr),
      }));
      expect(checkRules(rules)).toMatchObject({ status: 0 });
      expect(checkRules([{ record: "shown:1", expr: "sum(" }])).toMatchObject({ status: 1 });
    },
  );
});

/** Replaces the variables as Grafana does. */
function filledIn(expr: string): string {
  return expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*");
}

function checkRules(rules: readonly object[]) {
  const folder = mkdtempSync(join(tmpdir(), "signal-manager-rules-"));
  try {
    const file = join(folder, "rules.yml");
    // Every JSON text is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    return promtool(["check", "rules", file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
