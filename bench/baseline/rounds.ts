/**
 * Today's hub against the hub of the baseline commit: both in one workerd process, in turns, so that whatever slows the
 * machine slows both.
 */
import { ADAPTERS } from "../peers/adapters.ts";
import { startLoad, type LoadProcess } from "../peers/load-process.ts";
import { serviceOf } from "../peers/server.ts";
import { startWorkerd, type Workerd } from "../workerd.ts";

/** By the names of their adapters. */
export const VERSIONS = ["hub", "baseline-hub"] as const;

export type Version = (typeof VERSIONS)[number];

export interface BaselineLoad {
  /** In pairs, so an even number. */
  readonly clients: number;
  /** Signals that each client keeps in flight. */
  readonly window: number;
  /** Clients that open at a time. */
  readonly openAtOnce: number;
  /** All rounds together. */
  readonly rounds: number;
  /** After this many rounds a new workerd process starts, since one process can be lucky with its memory. */
  readonly roundsPerProcess: number;
  /** How often each version has its turn in one round, for each measure. An even number. */
  readonly signalTurns: number;
  readonly connectTurns: number;
  /** One turn. Short, because what disturbs a machine for longer than two turns disturbs both versions. */
  readonly signalMs: number;
  readonly connectMs: number;
  readonly warmUpMs: number;
}

/** Both turns of one version in one round. */
export interface Turns {
  /** CPU time of the workerd process for one signal, in its turns; null where the system does not report it. */
  readonly cpuMicrosPerSignal: number | null;
  readonly signalsPerSecond: number;
  readonly connectsPerSecond: number;
  /** CPU time of the workerd process for one client that connects and leaves. */
  readonly cpuMicrosPerConnect: number | null;
  /** How busy the load generator's one thread was in the turns with signals, 0 to 1. */
  readonly loadBusy: number;
}

export interface BaselineRound extends Readonly<Record<Version, Turns>> {
  /** Which workerd process ran it, counted from 0. */
  readonly process: number;
}

const CONFIG_PATH = "dist/bench/baseline.capnp";

/**
 * `isItself`: both sides run the baseline, and every ratio should come out as 1.
 * @throws if a client sees anything but its partner's signals, all of them and in order.
 */
export async function runBaseline(
  load: BaselineLoad,
  isItself: boolean,
  onRound: (round: BaselineRound, number: number) => void,
): Promise<BaselineRound[]> {
  const rounds: BaselineRound[] = [];
  for (let process = 0; rounds.length < load.rounds; process += 1) {
    await using pair = await startPair(load, isItself, startOrder(process));
    for (let left = load.roundsPerProcess; left > 0 && rounds.length < load.rounds; left -= 1) {
      const turns = await takeRound(pair, load, startOrder(rounds.length));
      const round = { ...turns, process };
      rounds.push(round);
      onRound(round, rounds.length);
    }
  }
  return rounds;
}

type Order = readonly [Version, Version];

/** Another version begins each round, and each process. */
function startOrder(at: number): Order {
  return at % 2 === 0 ? ["hub", "baseline-hub"] : ["baseline-hub", "hub"];
}

/** First, second, second, first, and so on: a steady drift of the machine's speed meets both versions alike. */
export function turnOrder([first, second]: Order, turns: number): Version[] {
  return Array.from({ length: turns }, (_, turn) =>
    turn % 2 === 0 ? [first, second] : [second, first],
  ).flat();
}

interface Pair extends AsyncDisposable {
  readonly workerd: Workerd;
  readonly generator: LoadProcess;
}

/** Both versions in one process, with clients that are connected, and warm. */
async function startPair(load: BaselineLoad, isItself: boolean, order: Order): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const serverOf = (version: Version) => ADAPTERS[isItself ? "baseline-hub" : version].server;
  const services = await Promise.all(order.map((version) => serviceOf(version, serverOf(version))));
  const workerd = stack.use(await startWorkerd(services, { configPath: CONFIG_PATH }));
  const generator = stack.use(startLoad());
  for (const adapter of order) {
    const about = { url: workerd.url(adapter), prefix: "bench", clients: load.clients };
    await generator.ask({ kind: "connect", adapter, ...about });
  }
  const { warmUpMs } = load;
  const once = { signalTurns: 1, signalMs: warmUpMs, connectTurns: 1, connectMs: warmUpMs };
  const warmUp = { ...load, ...once };
  await takeRound({ workerd, generator }, warmUp, order);
  const owned = stack.move();
  return { workerd, generator, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function takeRound(
  { workerd, generator }: Omit<Pair, keyof AsyncDisposable>,
  load: BaselineLoad,
  order: Order,
): Promise<Record<Version, Turns>> {
  const signals = new Totals();
  const loadCpuMs = { hub: 0, "baseline-hub": 0 };
  for (const version of turnOrder(order, load.signalTurns)) {
    const about = { inFlight: load.window, burst: 1, durationMs: load.signalMs };
    const cpuMs = workerd.cpuMs();
    const ran = await generator.ask({ kind: "run", adapter: version, ...about });
    loadCpuMs[version] += ran.loadCpuMs;
    signals.add(version, ran.signals, ran.elapsedMs, ran.signalsInAll, since(cpuMs, workerd));
  }
  const connects = new Totals();
  for (const version of turnOrder(order, load.connectTurns)) {
    const about = { atOnce: load.openAtOnce, durationMs: load.connectMs };
    const cpuMs = workerd.cpuMs();
    const command = { adapter: version, url: workerd.url(version), ...about };
    const ran = await generator.ask({ kind: "open", ...command });
    connects.add(version, ran.opened, ran.elapsedMs, ran.openedInAll, since(cpuMs, workerd));
  }
  const turnsOf = (version: Version): Turns => ({
    cpuMicrosPerSignal: signals.cpuMicrosPerOne(version),
    signalsPerSecond: signals.perSecond(version),
    connectsPerSecond: connects.perSecond(version),
    cpuMicrosPerConnect: connects.cpuMicrosPerOne(version),
    loadBusy: loadCpuMs[version] / signals.elapsedMs(version),
  });
  return { hub: turnsOf("hub"), "baseline-hub": turnsOf("baseline-hub") };
}

function since(cpuMs: number | null, workerd: Workerd): number | null {
  const nowMs = workerd.cpuMs();
  return cpuMs === null || nowMs === null ? null : nowMs - cpuMs;
}

/** What the turns of each version come to, added up. */
class Totals {
  readonly #of: Record<Version, Total> = { hub: { ...ZERO }, "baseline-hub": { ...ZERO } };

  /** `inAll`: those that the CPU time was spent on, which are more than those within `elapsedMs`. */
  add(
    version: Version,
    count: number,
    elapsedMs: number,
    inAll: number,
    cpuMs: number | null,
  ): void {
    const total = this.#of[version];
    total.count += count;
    total.elapsedMs += elapsedMs;
    total.inAll += inAll;
    total.cpuMs = cpuMs === null || total.cpuMs === null ? null : total.cpuMs + cpuMs;
  }

  elapsedMs(version: Version): number {
    return this.#of[version].elapsedMs;
  }

  perSecond(version: Version): number {
    const { count, elapsedMs } = this.#of[version];
    return (count * 1000) / elapsedMs;
  }

  cpuMicrosPerOne(version: Version): number | null {
    const { cpuMs, inAll } = this.#of[version];
    return cpuMs === null ? null : (cpuMs * 1000) / inAll;
  }
}

interface Total {
  count: number;
  elapsedMs: number;
  inAll: number;
  cpuMs: number | null;
}

const ZERO: Total = { count: 0, elapsedMs: 0, inAll: 0, cpuMs: 0 };
