/** The relay benchmark as a table to read and as JSON to compare. Pure. */
import { spread, type Spread } from "../statistics.ts";
import type { Round, Run } from "./rounds.ts";
import { SIDES, type Side } from "./workerd-config.ts";

/** Hub ÷ control, the median over the rounds: below it, the hub costs more than it should. */
export const RATIO_GOAL = 0.9;

export interface RelaySummary {
  readonly sides: Readonly<Record<Side, SideSummary>>;
  readonly toControl: Comparison;
  readonly toBlind: Comparison;
}

interface Comparison {
  /** Of routed frames a second, hub ÷ the other side, round by round. */
  readonly ratio: Spread;
  /** Of CPU time a frame, the other side ÷ hub, round by round: the same, with less of the machine's noise in it. */
  readonly cpuRatio: Spread | null;
}

interface SideSummary {
  readonly framesPerSecond: Spread;
  readonly cpuMicrosPerFrame: Spread | null;
  readonly loadBusy: Spread;
}

export function summarize(rounds: readonly Round[]): RelaySummary {
  const side = (name: Side): SideSummary => summarizeSide(rounds.map((round) => round[name]));
  return {
    sides: { hub: side("hub"), control: side("control"), blind: side("blind") },
    toControl: compare(rounds, "control"),
    toBlind: compare(rounds, "blind"),
  };
}

function compare(rounds: readonly Round[], other: Side): Comparison {
  return {
    ratio: spread(rounds.map((round) => round.hub.framesPerSecond / round[other].framesPerSecond)),
    cpuRatio: spreadOfKnown(
      rounds.map((round) => {
        const [hub, its] = [round.hub.cpuMicrosPerFrame, round[other].cpuMicrosPerFrame];
        return hub === null || its === null ? null : its / hub;
      }),
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

/** Medians, with the quartiles. */
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
  const verdict = summary.toControl.ratio.median >= RATIO_GOAL ? "reached" : "missed";
  return [
    ...alignRows([["relay", "frames/s", "workerd CPU us/frame", "load busy"], ...rows]),
    `hub ÷ control  ${showComparison(summary.toControl)}   goal ${RATIO_GOAL}: ${verdict}`,
    `hub ÷ blind    ${showComparison(summary.toBlind)}`,
  ].join("\n");
}

function showComparison({ ratio, cpuRatio }: Comparison): string {
  const byCpu = cpuRatio === null ? "not known" : show(cpuRatio, 3);
  return `${show(ratio, 3)}, by CPU time ${byCpu}`;
}

function show({ median, low, high }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
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
