/** The relay benchmark as a table to read and as JSON to compare. Pure. */
import { spread, type Spread } from "../statistics.ts";
import type { Round, Run } from "./rounds.ts";
import { SIDES, type Side } from "./workerd-config.ts";

/** Hub ÷ control, the median over the rounds: below it, the hub costs more than it should. */
export const RATIO_GOAL = 0.85;

export interface RelaySummary {
  readonly sides: Readonly<Record<Side, SideSummary>>;
  /** Of routed frames a second, hub ÷ control, round by round. */
  readonly ratio: Spread;
  /** Of CPU time a frame, control ÷ hub, round by round: the same comparison, with less of the machine's noise in it. */
  readonly cpuRatio: Spread | null;
}

interface SideSummary {
  readonly framesPerSecond: Spread;
  readonly cpuMicrosPerFrame: Spread | null;
  readonly loadBusy: Spread;
}

export function summarize(rounds: readonly Round[]): RelaySummary {
  return {
    sides: {
      hub: summarizeSide(rounds.map((round) => round.hub)),
      control: summarizeSide(rounds.map((round) => round.control)),
    },
    ratio: spread(rounds.map(({ hub, control }) => hub.framesPerSecond / control.framesPerSecond)),
    cpuRatio: spreadOfKnown(
      rounds.map(({ hub, control }) =>
        hub.cpuMicrosPerFrame === null || control.cpuMicrosPerFrame === null
          ? null
          : control.cpuMicrosPerFrame / hub.cpuMicrosPerFrame,
      ),
    ),
  };
}

function summarizeSide(runs: readonly Run[]): SideSummary {
  return {
    framesPerSecond: spread(runs.map((run) => run.framesPerSecond)),
    cpuMicrosPerFrame: spreadOfKnown(runs.map((run) => run.cpuMicrosPerFrame)),
    loadBusy: spread(runs.map((run) => run.loadBusy)),
  };
}

/** null as soon as one value is not known: a median of the others would be of other rounds. */
function spreadOfKnown(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? spread(known) : null;
}

/** Medians, with what they lie between. */
export function relayTable(summary: RelaySummary): string {
  const rows = SIDES.map((side) => {
    const { framesPerSecond, cpuMicrosPerFrame, loadBusy } = summary.sides[side];
    return [
      side,
      show(framesPerSecond, 0),
      cpuMicrosPerFrame === null ? "not known" : show(cpuMicrosPerFrame, 1),
      show(loadBusy, 2),
    ];
  });
  const cpuRatio = summary.cpuRatio === null ? "not known" : show(summary.cpuRatio, 2);
  const verdict = summary.ratio.median >= RATIO_GOAL ? "reached" : "missed";
  return [
    ...alignRows([["relay", "frames/s", "workerd CPU us/frame", "load busy"], ...rows]),
    `hub ÷ control  ${show(summary.ratio, 2)}   goal ${RATIO_GOAL}: ${verdict}`,
    `  by CPU time  ${cpuRatio}`,
  ].join("\n");
}

function show({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
}

/** Columns as wide as their widest cell. */
export function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
