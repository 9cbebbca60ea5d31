/** The relay benchmark: builds the hub, starts workerd and the load, and runs rounds of hub, control and blind relay in turn. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { hubVars } from "./hub-settings.ts";
import { rotated } from "../rotated.ts";
import { startLoadGenerator, type LoadGenerator } from "./load-generator.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";
import { SIDES, type Side } from "./workerd-config.ts";

/** Ignored by git; workerd's configuration embeds what lies under it. */
const BUILD_DIRECTORY = "dist/bench";
const RELAY_SOURCES = {
  control: "bench/relay/control-relay.js",
  blind: "bench/relay/blind-relay.js",
} as const;

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
export async function runRelay(load: RelayLoad, compatibilityDate: string): Promise<Round[]> {
  const { clients, window, runMs, warmUpMs } = load;
  const modules = {
    hub: relative(BUILD_DIRECTORY, await buildHub()),
    control: relative(BUILD_DIRECTORY, RELAY_SOURCES.control),
    blind: relative(BUILD_DIRECTORY, RELAY_SOURCES.blind),
  };
  const sources = { modules, compatibilityDate, vars: hubVars(clients) };
  await using workerd = await startWorkerd(sources, join(BUILD_DIRECTORY, "workerd.capnp"));
  await using generator = startLoadGenerator();
  for (const side of SIDES) {
    await generator.connect({ kind: "connect", side, url: workerd.urls[side], clients });
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

/** The bundle that `npm run deploy` would upload. */
async function buildHub(): Promise<string> {
  const directory = join(BUILD_DIRECTORY, "hub");
  await mkdir(directory, { recursive: true });
  const build = ["deploy", "--dry-run", "--outdir", directory];
  await promisify(execFile)("node_modules/.bin/wrangler", build);
  return join(directory, "index.js");
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
