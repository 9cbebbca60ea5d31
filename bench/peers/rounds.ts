/** Every server under the same load, in turns: window 1, window 8, bursts, and clients that connect. */
import { rotated } from "../rotated.ts";
import { COMPARED, type AdapterName, type Compared } from "./adapters.ts";
import { startLoad, type LoadProcess } from "./load-process.ts";
import { startServer, type Server } from "./server.ts";

export interface PeersLoad {
  /** An even number, because clients come in pairs. */
  readonly clients: number;
  readonly windows: readonly [1, 8];
  readonly burst: number;
  /** Clients that connect at the same time. */
  readonly openAtOnce: number;
  readonly rounds: number;
  readonly runMs: number;
  readonly warmUpMs: number;
}

export interface Routed {
  readonly signalsPerSecond: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
  /** CPU time of the server's process per signal; null where the system does not report it. */
  readonly cpuMicrosPerSignal: number | null;
  /** All signals that arrived, also before and after the measured time. */
  readonly signals: number;
  /** How busy the load generator's one thread was, 0 to 1. */
  readonly loadBusy: number;
}

export interface Turn {
  readonly window1: Routed;
  readonly window8: Routed;
  readonly bursts: Routed;
  readonly opensPerSecond: number;
}

export type PeersRound = Readonly<Record<Compared, Turn>>;

/** @throws if a client sees anything but its partner's signals, all of them and in order. */
export async function runPeers(load: PeersLoad): Promise<PeersRound[]> {
  await using servers = new AsyncDisposableStack();
  await using generator = startLoad();
  const running = new Map<Compared, Server>();
  for (const name of COMPARED) {
    const server = servers.use(await startServer(name));
    running.set(name, server);
    const about = { url: server.url, prefix: "bench", clients: load.clients };
    await generator.ask({ kind: "connect", adapter: name, ...about });
  }
  const take = async (order: readonly Compared[], durationMs: number): Promise<PeersRound> => {
    const about = { ...load, durationMs };
    const round = new Map<Compared, Partial<Turn>>();
    // Measure by measure, so that compared values are taken within seconds.
    for (const measure of MEASURES) {
      for (const name of order) {
        const server = running.get(name);
        if (server === undefined) throw new Error(`${name} is not running`);
        const taken = await TAKE[measure](generator, server, name, about);
        round.set(name, { ...round.get(name), [measure]: taken });
      }
    }
    // The loops above have taken every measure of every name.
    return Object.fromEntries(round) as PeersRound;
  };
  await take(COMPARED, load.warmUpMs);
  const rounds: PeersRound[] = [];
  while (rounds.length < load.rounds) {
    // Another server begins each round, so that none always follows the same neighbour.
    rounds.push(await take(rotated(COMPARED, rounds.length), load.runMs));
  }
  return rounds;
}

const MEASURES = [
  "window1",
  "window8",
  "bursts",
  "opensPerSecond",
] as const satisfies (keyof Turn)[];

type About = PeersLoad & { readonly durationMs: number };

type Take<Value> = (
  generator: LoadProcess,
  server: Server,
  adapter: Compared,
  about: About,
) => Promise<Value>;

const TAKE: { readonly [Measure in keyof Turn]: Take<Turn[Measure]> } = {
  window1: (generator, server, adapter, { windows: [inFlight], durationMs }) =>
    routed(generator, server, adapter, { inFlight, burst: 1, durationMs }),
  window8: (generator, server, adapter, { windows: [, inFlight], durationMs }) =>
    routed(generator, server, adapter, { inFlight, burst: 1, durationMs }),
  bursts: (generator, server, adapter, { burst, durationMs }) =>
    routed(generator, server, adapter, { inFlight: burst, burst, durationMs }),
  opensPerSecond: async (generator, { url }, adapter, { openAtOnce: atOnce, durationMs }) => {
    const command = { adapter, url, atOnce, durationMs };
    const { opened, elapsedMs } = await generator.ask({ kind: "open", ...command });
    return (opened * 1000) / elapsedMs;
  },
};

export async function routed(
  generator: LoadProcess,
  server: Server,
  adapter: AdapterName,
  about: { readonly inFlight: number; readonly burst: number; readonly durationMs: number },
): Promise<Routed> {
  const cpuBefore = server.cpuMs();
  const ran = await generator.ask({ kind: "run", adapter, ...about });
  const cpuAfter = server.cpuMs();
  return {
    signalsPerSecond: (ran.signals * 1000) / ran.elapsedMs,
    p50Micros: ran.p50Micros,
    p99Micros: ran.p99Micros,
    cpuMicrosPerSignal:
      cpuBefore === null || cpuAfter === null
        ? null
        : ((cpuAfter - cpuBefore) * 1000) / ran.signalsInAll,
    signals: ran.signalsInAll,
    loadBusy: ran.loadCpuMs / ran.elapsedMs,
  };
}
