/** The relay benchmark: builds the hub, starts workerd and the load, and runs rounds of hub, control and blind relay in turn. */
import { hubVars } from "./hub-settings.ts";
import { COMPATIBILITY_DATE, todaysBundle } from "../bundles.ts";
import { rotated } from "../rotated.ts";
import { startWorkerd, type Workerd } from "../workerd.ts";
import type { WorkerdService } from "../workerd-config.ts";
import { startLoadGenerator, type LoadGenerator } from "./load-generator.ts";
import { SIDES, type Side } from "./sides.ts";

/** Ignored by git. */
const CONFIG_PATH = "dist/bench/relay.capnp";

export interface RelayLoad {
  /** In pairs, so an even number. */
  readonly clients: number;
  /** Signals that each client keeps in flight. */
  readonly window: number;
  /** One run of each side, after the warm-up. */
  readonly rounds: number;
  readonly runMs: number;
  readonly warmUpMs: number;
}

export interface Run {
  readonly framesPerSecond: number;
  /** What one routed frame costs workerd; null where the system does not tell. */
  readonly cpuMicrosPerFrame: number | null;
  /** How busy the load generator's one thread was, 0 to 1: near 1, the load is what is measured. */
  readonly loadBusy: number;
}

export type Round = Readonly<Record<Side, Run>>;

/** @throws if a client sees anything but its partner's signals, all of them and in order. */
export async function runRelay(load: RelayLoad): Promise<Round[]> {
  const { clients, window, runMs, warmUpMs } = load;
  await using workerd = await startWorkerd(await servicesFor(clients), { configPath: CONFIG_PATH });
  await using generator = startLoadGenerator();
  for (const side of SIDES) {
    await generator.connect({ kind: "connect", side, url: workerd.url(side), clients });
  }
  const run = (side: Side, durationMs: number): Promise<Run> =>
    measure(workerd, generator, side, window, durationMs);
  for (const side of SIDES) await run(side, warmUpMs);
  const rounds: Round[] = [];
  while (rounds.length < load.rounds) {
    // Another one begins each round: none is always behind the same neighbour.
    const round: Partial<Record<Side, Run>> = {};
    for (const side of rotated(SIDES, rounds.length)) round[side] = await run(side, runMs);
    // Every side has run.
    rounds.push(round as Round);
  }
  return rounds;
}

/** The hub reports to its Ledger while it is measured. */
async function servicesFor(clients: number): Promise<WorkerdService[]> {
  const { path, compatibilityDate } = await todaysBundle();
  return [
    {
      name: "hub",
      modules: { "worker.js": path },
      compatibilityDate,
      objects: { HUB: "HubObject", LEDGER: "LedgerObject" },
      vars: hubVars(clients),
    },
    relay("control", "ControlObject"),
    relay("blind", "BlindObject"),
  ];
}

function relay(name: Side, className: string): WorkerdService {
  return {
    name,
    modules: { "worker.js": `bench/relay/${name}-relay.js` },
    compatibilityDate: COMPATIBILITY_DATE,
    objects: { [name.toUpperCase()]: className },
  };
}

async function measure(
  workerd: Workerd,
  generator: LoadGenerator,
  side: Side,
  window: number,
  durationMs: number,
): Promise<Run> {
  const cpuBefore = workerd.cpuMs();
  const ran = await generator.run({ kind: "run", side, window, durationMs });
  const cpuAfter = workerd.cpuMs();
  return {
    framesPerSecond: (ran.frames * 1000) / ran.elapsedMs,
    cpuMicrosPerFrame:
      cpuBefore === null || cpuAfter === null
        ? null
        : ((cpuAfter - cpuBefore) * 1000) / ran.framesWithDrain,
    loadBusy: ran.loadCpuMs / ran.elapsedMs,
  };
}
