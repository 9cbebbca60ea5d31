/** Runs flaps one after the other on a stage, and says after each what is wrong with the call. */
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../../kernel/random.ts";
import { faultsOf } from "./judge.ts";
import type { Side, SideStatus } from "./page-api.ts";
import { planFlap, type Cut, type Flap } from "./plan.ts";
import { clientId, type Stage } from "./stage.ts";

export interface RoundsOptions {
  readonly flaps: number;
  readonly seed: number;
  /** How long both sides may take to be whole again, in milliseconds. */
  readonly patienceMs: number;
  /** Told of every round that left the call stuck: what is wrong, and the lines of how it came. */
  readonly onStuck: (round: number, faults: readonly string[], story: readonly string[]) => void;
  /** The run ends early after this many stuck calls. */
  readonly maxStuck?: number;
}

export interface Summary {
  readonly flaps: number;
  readonly stuck: number;
  /** How long the slowest call that was whole again took after its last cut, in milliseconds. */
  readonly slowestMs: number;
  readonly replacements: number;
}

/** A call with more media than this ends, and the next flap meets a new one: its SDP would fill more than a frame. */
const MAX_TRANSCEIVERS = 14;

/** How long a cut waits for the clients to be connected again. */
const BACK_WITHIN_MS = 6_000;

const POLL_MS = 100;

type Both = readonly [SideStatus, SideStatus];

/** @throws if even a call at rest does not begin. */
export async function runRounds(stage: Stage, options: RoundsOptions): Promise<Summary> {
  const random = new Random(options.seed);
  let [stuck, slowestMs, replacements] = [0, 0, 0];
  await beginAnew(stage, options);
  for (let round = 0; round < options.flaps; round += 1) {
    // Each round has numbers of its own, so that how a round went changes no later one.
    const flap = planFlap(random.fork(`round ${round}`));
    await perform(stage, flap);
    const { faults, both, tookMs } = await settle(stage, `round ${round}`, options.patienceMs);
    replacements += both[0].replacements + both[1].replacements;
    if (faults.length === 0) {
      slowestMs = Math.max(slowestMs, tookMs);
      if (both[0].transceivers.length > MAX_TRANSCEIVERS) await callAnew(stage, options);
      continue;
    }
    stuck += 1;
    options.onStuck(round, faults, [
      `the flap was ${JSON.stringify(flap)}`,
      ...describe(both),
      ...(await stage.ask(0, "path")).map((line) => `one: ${line}`),
      ...(await stage.ask(1, "path")).map((line) => `two: ${line}`),
    ]);
    if (stuck === options.maxStuck) return { flaps: round + 1, stuck, slowestMs, replacements };
    await beginAnew(stage, options);
  }
  return { flaps: options.flaps, stuck, slowestMs, replacements };
}

async function beginAnew(stage: Stage, options: RoundsOptions): Promise<void> {
  await stage.join();
  await callAnew(stage, options);
}

async function callAnew(stage: Stage, { patienceMs }: RoundsOptions): Promise<void> {
  await stage.ask(0, "call", clientId(1));
  // The hang-up of the last call must not end the new one.
  await pause(POLL_MS);
  await stage.ask(1, "call", clientId(0));
  const { faults } = await settle(stage, "hello", patienceMs);
  if (faults.length > 0) throw new Error(`the call does not begin: ${faults.join("; ")}`);
}

/** Resolves when the gates are open again and every wish was made. */
async function perform(stage: Stage, { cuts, wishes }: Flap): Promise<void> {
  const made = ([0, 1] as const).map((side) => stage.ask(side, "make", wishes[side]));
  for (const cut of cuts) await performCut(stage, cut);
  await Promise.all(made);
}

async function performCut(stage: Stage, cut: Cut): Promise<void> {
  const { sides, whenBack, delayMs, mode, lastsMs } = cut;
  if (whenBack) {
    await Promise.all(([0, 1] as const).map((side) => stage.ask(side, "isBack", BACK_WITHIN_MS)));
  }
  await pause(delayMs);
  const gates = sides.map((side) => stage.gates[side]);
  if (mode === "swallow") for (const gate of gates) gate.swallow();
  else await Promise.all(gates.map((gate) => gate.shut()));
  await pause(lastsMs);
  await Promise.all(gates.map((gate) => gate.shut()));
  await Promise.all(gates.map((gate) => gate.reopen()));
}

interface Settled {
  /** Empty: the call is whole. */
  readonly faults: readonly string[];
  readonly both: Both;
  readonly tookMs: number;
}

async function settle(stage: Stage, text: string, patienceMs: number): Promise<Settled> {
  const startMs = performance.now();
  const errors: [string[], string[]] = [[], []];
  for (;;) {
    for (const side of [0, 1] as const) await stage.ask(side, "say", text);
    await pause(POLL_MS);
    const both = await Promise.all([statusOf(stage, 0, errors[0]), statusOf(stage, 1, errors[1])]);
    const faults = [...faultsOf(...both), ...channelFaults(both, text)];
    const tookMs = performance.now() - startMs;
    if (faults.length === 0 || tookMs > patienceMs) return { faults, both, tookMs };
  }
}

/** The status of a side, with all errors of this round in place of those since the last question. */
async function statusOf(stage: Stage, side: Side, errors: string[]): Promise<SideStatus> {
  const status = await stage.ask(side, "status");
  errors.push(...status.errors);
  return { ...status, errors };
}

function channelFaults(both: Both, text: string): string[] {
  return both
    .map(({ heard }, side) => `${side === 0 ? "one" : "two"}: heard ${heard} last, not ${text}`)
    .filter((_, side) => both[side]?.heard !== text);
}

function describe(both: Both): string[] {
  return both.flatMap(
    ({ signaling, connection, transceivers, replacements, errors, history }, side) => [
      `${side === 0 ? "one" : "two"} is ${signaling}, ${connection}, has ${transceivers.length} transceivers, ` +
        `${replacements} replacements, errors: ${[...new Set(errors)].join("; ") || "none"}`,
      ...history.map((line) => `  ${line}`),
    ],
  );
}
