/** The relay benchmark: hub, control and blind relay in one workerd process, round by round in turns. */
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
  /** An even number, because clients come in pairs. */
  readonly clients: number;
  /** Signals that each client keeps in flight. */
  readonly window: number;
  /** Each round is one run of each side. */
  readonly rounds: number;
  readonly runMs: number;
  readonly warmUpMs: number;
}

export interface Run {
  readonly framesPerSecond: number;
  /** CPU time of workerd per routed frame; null where the system does not report it. */
  readonly cpuMicrosPerFrame: number | null;
  /** How busy the load generator's one thread was, 0 to 1. It never sleeps, so less than 1 means that it had to wait for a core. */
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
    // Another side begins each round, so that none always follows the same neighbour.
    const round: Partial<Record<Side, Run>> = {};
    for (const side of rotated(SIDES, rounds.length)) round[side] = await run(side, runMs);
    // The loop above has filled every side.
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
