/** Signals between hubs: the same clients on one hub and spread over seven, in turns. */
import type { AdapterName } from "./adapters.ts";
import { countsOf } from "./idle.ts";
import { startLoad } from "./load-process.ts";
import { routed, type Routed } from "./rounds.ts";
import { startServer } from "./server.ts";

export interface AcrossLoad {
  readonly clients: number;
  readonly window: number;
  readonly burst: number;
  readonly rounds: number;
  readonly runMs: number;
}

export const HUBS = ["counted-hub", "seven-hubs"] as const satisfies AdapterName[];

export interface AcrossRun {
  readonly window: Routed;
  readonly bursts: Routed;
  /** Calls from hub to hub per 1,000 routed signals. */
  readonly windowCalls: number;
  readonly burstCalls: number;
}

export type AcrossRound = Readonly<Record<(typeof HUBS)[number], AcrossRun>>;

export async function runAcross(load: AcrossLoad): Promise<AcrossRound[]> {
  const { clients, window, burst, runMs: durationMs } = load;
  await using one = await startServer("counted-hub");
  await using seven = await startServer("seven-hubs");
  await using generator = startLoad();
  const servers = { "counted-hub": one, "seven-hubs": seven };
  for (const adapter of HUBS) {
    const { url } = servers[adapter];
    await generator.ask({ kind: "connect", adapter, url, prefix: "bench", clients });
  }
  const route = async (adapter: (typeof HUBS)[number], inFlight: number, together: number) => {
    const server = servers[adapter];
    const before = await countsOf(server);
    const about = { inFlight, burst: together, durationMs };
    const measured = await routed(generator, server, adapter, about);
    const { calls } = await countsOf(server);
    return { measured, calls: ((calls - before.calls) * 1000) / measured.signals };
  };
  const runOf = async (adapter: (typeof HUBS)[number]): Promise<AcrossRun> => {
    const windowed = await route(adapter, window, 1);
    const bursts = await route(adapter, burst, burst);
    return {
      window: windowed.measured,
      bursts: bursts.measured,
      windowCalls: windowed.calls,
      burstCalls: bursts.calls,
    };
  };
  for (const adapter of HUBS) await runOf(adapter);
  const rounds: AcrossRound[] = [];
  while (rounds.length < load.rounds) {
    rounds.push({
      "counted-hub": await runOf("counted-hub"),
      "seven-hubs": await runOf("seven-hubs"),
    });
  }
  return rounds;
}
