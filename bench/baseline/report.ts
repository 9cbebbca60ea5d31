/** Today's hub against the baseline, as a summary and as a table. Pure. */
import { BASELINE } from "../bundles.ts";
import { pairedRatio, spread, type PairedRatio, type Spread } from "../statistics.ts";
import { alignRows, showSpread, verdict } from "../tables.ts";
import type { BaselineRound, Turns, Version } from "./rounds.ts";

/** CPU time of a signal, baseline ÷ today: above 1, today's hub spends less. */
export const SIGNAL_GOAL = 0.98;

/** Clients that connect per second, today ÷ baseline. */
export const CONNECT_GOAL = 0.95;

export interface BaselineSummary {
  readonly versions: Readonly<Record<Version, VersionSummary>>;
  readonly rounds: number;
  /** In each of them more is better for today's hub. CPU times are null where the system does not report them. */
  readonly ratios: {
    readonly signalCpu: PairedRatio | null;
    readonly signals: PairedRatio;
    readonly connects: PairedRatio;
    readonly connectCpu: PairedRatio | null;
  };
}

type VersionSummary = { readonly [Measure in keyof Turns]: Spread | null };

export function summarizeBaseline(rounds: readonly BaselineRound[]): BaselineSummary {
  const version = (name: Version): VersionSummary => {
    const of = (measure: keyof Turns) => known(rounds.map((round) => round[name][measure]));
    return {
      cpuMicrosPerSignal: spreadOf(of("cpuMicrosPerSignal")),
      signalsPerSecond: spreadOf(of("signalsPerSecond")),
      connectsPerSecond: spreadOf(of("connectsPerSecond")),
      cpuMicrosPerConnect: spreadOf(of("cpuMicrosPerConnect")),
      loadBusy: spreadOf(of("loadBusy")),
    };
  };
  const rate = (measure: "signalsPerSecond" | "connectsPerSecond"): PairedRatio =>
    pairedRatio(rounds.map((round) => round.hub[measure] / round["baseline-hub"][measure]));
  const cost = (measure: "cpuMicrosPerSignal" | "cpuMicrosPerConnect"): PairedRatio | null => {
    const todays = known(rounds.map((round) => round.hub[measure]));
    const baselines = known(rounds.map((round) => round["baseline-hub"][measure]));
    if (todays === null || baselines === null) return null;
    return pairedRatio(baselines.map((micros, at) => micros / (todays[at] ?? Number.NaN)));
  };
  return {
    versions: { hub: version("hub"), "baseline-hub": version("baseline-hub") },
    rounds: rounds.length,
    ratios: {
      signalCpu: cost("cpuMicrosPerSignal"),
      signals: rate("signalsPerSecond"),
      connects: rate("connectsPerSecond"),
      connectCpu: cost("cpuMicrosPerConnect"),
    },
  };
}

/** null as soon as one value is not known: the others would be of other rounds. */
function known(values: readonly (number | null)[]): number[] | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === values.length ? numbers : null;
}

function spreadOf(values: readonly number[] | null): Spread | null {
  return values === null ? null : spread(values);
}

export function baselineTable({ versions, ratios, rounds }: BaselineSummary): string {
  const row = (title: string, name: Version): string[] => {
    const measured = versions[name];
    return [
      title,
      show(measured.cpuMicrosPerSignal, 1),
      show(measured.signalsPerSecond, 0),
      show(measured.cpuMicrosPerConnect, 0),
      show(measured.connectsPerSecond, 0),
      show(measured.loadBusy, 2),
    ];
  };
  const head = [
    `${rounds} rounds`,
    "CPU us/signal",
    "signals/s",
    "CPU us/connect",
    "connects/s",
    "load busy",
  ];
  return [
    ...alignRows([head, row("today", "hub"), row(BASELINE, "baseline-hub")]),
    ...alignRows([
      ["today ÷ baseline, more is better", "ratio (95 % interval)", ""],
      ["signals by CPU time", showRatio(ratios.signalCpu), goal(ratios.signalCpu, SIGNAL_GOAL)],
      ["signals per second", showRatio(ratios.signals), ""],
      ["connects per second", showRatio(ratios.connects), goal(ratios.connects, CONNECT_GOAL)],
      ["connects by CPU time", showRatio(ratios.connectCpu), ""],
    ]),
  ].join("\n");
}

function show(value: Spread | null, digits: number): string {
  return value === null ? "not known" : showSpread(value, digits);
}

function showRatio(ratio: PairedRatio | null): string {
  if (ratio === null) return "not known";
  const { estimate, low, high } = ratio;
  return `${estimate.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}

/** An interval on both sides of the goal leaves the verdict open, and the table says so. */
function goal(ratio: PairedRatio | null, wanted: number): string {
  if (ratio === null) return `goal ${wanted}: not known`;
  const isOpen = ratio.low < wanted && wanted <= ratio.high;
  return `goal ${wanted}: ${verdict(ratio.estimate >= wanted)}${isOpen ? ", not certain" : ""}`;
}
