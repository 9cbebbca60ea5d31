/** The relay benchmark as a summary and as a table. Pure. */
import { spread, type Spread } from "../statistics.ts";
import { alignRows, showSpread, verdict } from "../tables.ts";
import type { Round, Run } from "./rounds.ts";
import { SIDES, type Side } from "./sides.ts";

/** The goal for hub ÷ control, as the median over the rounds. */
export const RATIO_GOAL = 0.9;

export interface RelaySummary {
  readonly sides: Readonly<Record<Side, SideSummary>>;
  readonly toControl: Comparison;
  readonly toBlind: Comparison;
}

interface Comparison {
  /** Routed frames per second, hub ÷ the other side, round by round. */
  readonly ratio: Spread;
  /** CPU time per frame, the other side ÷ hub, round by round: the same comparison with less of the machine's noise. */
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

/** null as soon as one value is not known: the median of the others would be of other rounds. */
function spreadOfKnown(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? spread(known) : null;
}

export function relayTable(summary: RelaySummary): string {
  const rows = SIDES.map((side) => {
    const { framesPerSecond, cpuMicrosPerFrame, loadBusy } = summary.sides[side];
    return [
      side,
      showSpread(framesPerSecond, 0),
      cpuMicrosPerFrame === null ? "not known" : showSpread(cpuMicrosPerFrame, 1),
      showSpread(loadBusy, 2),
    ];
  });
  const goal = `goal ${RATIO_GOAL}: ${verdict(summary.toControl.ratio.median >= RATIO_GOAL)}`;
  return [
    ...alignRows([["relay", "frames/s", "workerd CPU us/frame", "load busy"], ...rows]),
    `hub ÷ control  ${showComparison(summary.toControl)}   ${goal}`,
    `hub ÷ blind    ${showComparison(summary.toBlind)}`,
  ].join("\n");
}

function showComparison({ ratio, cpuRatio }: Comparison): string {
  const byCpu = cpuRatio === null ? "not known" : showSpread(cpuRatio, 3);
  return `${showSpread(ratio, 3)}, by CPU time ${byCpu}`;
}
