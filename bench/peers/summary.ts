/** The rounds summarized for tables and chart: medians with quartiles. Pure. */
import { spread, type Spread } from "../statistics.ts";
import type { AcrossRound, AcrossRun, HUBS } from "./across.ts";
import { COMPARED, type Compared } from "./adapters.ts";
import type { Idle, IdleResult } from "./idle.ts";
import type { PeersRound, Routed, Turn } from "./rounds.ts";

/** The goal for bursts, hub ÷ PeerJS server, round by round. */
export const BURST_GOAL = 1.5;

/** The goal for the median latency at window 1, hub ÷ bare relay on workerd. */
export const LATENCY_GOAL = 1.15;

export interface RoutedSummary {
  readonly signalsPerSecond: Spread;
  readonly p50Micros: Spread;
  readonly p99Micros: Spread;
  readonly cpuMicrosPerSignal: Spread | null;
  readonly loadBusy: Spread;
}

export interface TurnSummary {
  readonly window1: RoutedSummary;
  readonly window8: RoutedSummary;
  readonly bursts: RoutedSummary;
  readonly opensPerSecond: Spread;
}

export interface PeersSummary {
  readonly servers: Readonly<Record<Compared, TurnSummary>>;
  /** Taken within each round, so that a slow machine slows both. */
  readonly ratios: {
    readonly window8ToControl: Spread;
    readonly burstsToPeerjs: Spread;
    readonly latencyToControl: Spread;
  };
}

export function summarizePeers(rounds: readonly PeersRound[]): PeersSummary {
  const ratio = (of: (round: PeersRound) => number) => spread(rounds.map(of));
  return {
    servers: perName(COMPARED, (name) => summarizeTurns(rounds.map((round) => round[name]))),
    ratios: {
      window8ToControl: ratio(
        ({ hub, control }) => hub.window8.signalsPerSecond / control.window8.signalsPerSecond,
      ),
      burstsToPeerjs: ratio(
        ({ hub, peerjs }) => hub.bursts.signalsPerSecond / peerjs.bursts.signalsPerSecond,
      ),
      latencyToControl: ratio(
        ({ hub, control }) => hub.window1.p50Micros / control.window1.p50Micros,
      ),
    },
  };
}

function summarizeTurns(turns: readonly Turn[]): TurnSummary {
  return {
    window1: summarizeRouted(turns.map(({ window1 }) => window1)),
    window8: summarizeRouted(turns.map(({ window8 }) => window8)),
    bursts: summarizeRouted(turns.map(({ bursts }) => bursts)),
    opensPerSecond: spread(turns.map(({ opensPerSecond }) => opensPerSecond)),
  };
}

function summarizeRouted(runs: readonly Routed[]): RoutedSummary {
  const cpu = runs.map(({ cpuMicrosPerSignal }) => cpuMicrosPerSignal);
  const known = cpu.filter((value) => value !== null);
  return {
    signalsPerSecond: spread(runs.map(({ signalsPerSecond }) => signalsPerSecond)),
    p50Micros: spread(runs.map(({ p50Micros }) => p50Micros)),
    p99Micros: spread(runs.map(({ p99Micros }) => p99Micros)),
    cpuMicrosPerSignal: known.length === cpu.length ? spread(known) : null,
    loadBusy: spread(runs.map(({ loadBusy }) => loadBusy)),
  };
}

export type AcrossSummary = Readonly<
  Record<
    (typeof HUBS)[number],
    {
      readonly window: RoutedSummary;
      readonly bursts: RoutedSummary;
      readonly windowCalls: Spread;
      readonly burstCalls: Spread;
    }
  >
>;

export function summarizeAcross(rounds: readonly AcrossRound[]): AcrossSummary {
  return {
    "counted-hub": summarizeRuns(rounds.map((round) => round["counted-hub"])),
    "seven-hubs": summarizeRuns(rounds.map((round) => round["seven-hubs"])),
  };
}

function summarizeRuns(runs: readonly AcrossRun[]) {
  return {
    window: summarizeRouted(runs.map(({ window }) => window)),
    bursts: summarizeRouted(runs.map(({ bursts }) => bursts)),
    windowCalls: spread(runs.map(({ windowCalls }) => windowCalls)),
    burstCalls: spread(runs.map(({ burstCalls }) => burstCalls)),
  };
}

export interface WakeSummary {
  readonly firstMs: Spread;
  readonly awakeMs: Spread;
}

/** By server, without those that never sleep. */
export function summarizeWakes({ wakes }: IdleResult): Partial<Record<Idle, WakeSummary>> {
  const summary: Partial<Record<Idle, WakeSummary>> = {};
  for (const adapter of new Set(wakes.map((wake) => wake.adapter))) {
    const its = wakes.filter((wake) => wake.adapter === adapter);
    summary[adapter] = {
      firstMs: spread(its.map(({ firstMs }) => firstMs)),
      awakeMs: spread(its.map(({ awakeMs }) => awakeMs)),
    };
  }
  return summary;
}

export function perName<Name extends string, Value>(
  names: readonly Name[],
  value: (name: Name) => Value,
): Record<Name, Value> {
  // One entry per name.
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
}
