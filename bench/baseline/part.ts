/** `npm run bench -- baseline`: today's hub against the baseline, measured, printed and written. */
import { BASELINE_COMMIT } from "../bundles.ts";
import type { Results } from "../results.ts";
import { FRAME_BYTES } from "../signals.ts";
import { baselineTable, summarizeBaseline } from "./report.ts";
import { runBaseline, type BaselineLoad } from "./rounds.ts";

/** Forty rounds, decided before anything was measured: some seven minutes. */
export const BASELINE_LOAD: BaselineLoad = {
  clients: 50,
  window: 8,
  openAtOnce: 16,
  rounds: 40,
  roundsPerProcess: 8,
  signalTurns: 6,
  connectTurns: 4,
  signalMs: 150,
  connectMs: 300,
  warmUpMs: 2500,
};

/** The load generator never sleeps, so it has nearly a whole core on a quiet machine. */
const QUIET = 0.9;

/** `isItself`: both sides run the baseline. */
export async function runBaselinePart(
  results: Results,
  load: BaselineLoad,
  isItself: boolean,
): Promise<void> {
  const startedAtMs = Date.now();
  const rounds = await runBaseline(load, isItself, (round, number) => {
    const { hub, "baseline-hub": baseline } = round;
    const cpu = [hub, baseline].map((turns) => turns.cpuMicrosPerSignal?.toFixed(1) ?? "?");
    const connects = [hub, baseline].map((turns) => turns.connectsPerSecond.toFixed(0));
    console.log(
      `round ${number} of ${load.rounds}: ${cpu.join(" and ")} us/signal, ${connects.join(" and ")} connects/s`,
    );
  });
  const summary = summarizeBaseline(rounds);
  const minutes = ((Date.now() - startedAtMs) / 60_000).toFixed(1);
  console.log(`\n${baselineTable(summary)}\n${minutes} minutes`);
  const busy = summary.versions.hub.loadBusy?.median ?? 1;
  if (busy < QUIET) {
    console.log(
      `The load generator had only ${busy.toFixed(2)} of a core: other processes used the machine. Measure again on a quiet one.`,
    );
  }
  const about = { baseline: BASELINE_COMMIT, ...(isItself ? { isItself } : {}) };
  results.write("baseline", {
    ...about,
    load: { ...load, signalBytes: FRAME_BYTES },
    summary,
    rounds,
  });
}
