/**
 * `npm run bench`: the codec in process; the hub against two bare relays on workerd; the hub against its peers; thousands
 * of idle clients; signals between hubs. Prints tables, writes bench/results/ and its chart. `npm run bench -- relay`
 * runs one of the parts: codec, relay, peers, idle, hubs. With `--smoke` they are short, all but codec and relay, and
 * write to dist/bench/results: to see that they run. Fails if a client sees an ERROR or loses a frame.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parse } from "smol-toml";
import { runAcross, type AcrossLoad } from "./peers/across.ts";
import { chart } from "./peers/chart.ts";
import { runIdle, type IdleLoad, type IdleResult } from "./peers/idle.ts";
import { installPeers } from "./peers/install.ts";
import { panelsOf } from "./peers/panels.ts";
import { acrossTable, idleTable, peersTable } from "./peers/report.ts";
import { runPeers, type PeersLoad } from "./peers/rounds.ts";
import { summarizeAcross, summarizePeers, type PeersSummary } from "./peers/summary.ts";
import { runCodec, type CodecRow } from "./codec.ts";
import { alignRows, relayTable, summarize } from "./relay/report.ts";
import { runRelay, type RelayLoad } from "./relay/rounds.ts";
import { FRAME_BYTES } from "./signals.ts";

/** Sixteen rounds of three times a second and a half: what disturbs a machine lasts seconds, and so falls on whole rounds. Some 90 seconds. */
const LOAD: RelayLoad = { clients: 50, window: 8, rounds: 16, runMs: 1500, warmUpMs: 4000 };

const IS_SMOKE = process.argv.includes("--smoke");

/** Eleven rounds of six servers at four measures of 400 ms each: some two minutes. */
const PEERS: PeersLoad = {
  clients: 50,
  windows: [1, 8],
  burst: 16,
  openAtOnce: 16,
  rounds: IS_SMOKE ? 1 : 11,
  runMs: IS_SMOKE ? 300 : 400,
  warmUpMs: IS_SMOKE ? 300 : 1500,
};

/** Most of it is waiting for sleep: some two minutes. */
const IDLE: IdleLoad = { connections: IS_SMOKE ? 200 : 5000, sleeps: IS_SMOKE ? 1 : 3 };

const ACROSS: AcrossLoad = {
  clients: 50,
  window: 8,
  burst: 16,
  rounds: IS_SMOKE ? 1 : 5,
  runMs: IS_SMOKE ? 300 : 1000,
};

const RESULTS = IS_SMOKE ? "dist/bench/results" : "bench/results";

const { compatibility_date } = parse(readFileSync("wrangler.toml", "utf8"));
const compatibilityDate = String(compatibility_date);

const wanted = process.argv.slice(2).filter((argument) => argument !== "--smoke");
if (isWanted("codec")) {
  const rows = await runCodec();
  console.log(`\n${codecTable(rows)}`);
  writeResults("codec", { frameBytes: FRAME_BYTES, rows });
}
if (isWanted("relay")) {
  const rounds = await runRelay(LOAD, compatibilityDate);
  const summary = summarize(rounds);
  console.log(`\n${relayTable(summary)}`);
  const load = { ...LOAD, frameBytes: FRAME_BYTES, payloadType: "JSON" };
  writeResults("relay", { compatibilityDate, load, summary, rounds });
}
if (isWanted("peers")) {
  const peers = installPeers();
  const rounds = await runPeers(PEERS, compatibilityDate);
  const summary = summarizePeers(rounds);
  console.log(`\n${peersTable(summary)}`);
  const load = { ...PEERS, signalBytes: FRAME_BYTES };
  writeResults("peers", { compatibilityDate, peers, load, summary, rounds });
}
if (isWanted("idle")) {
  const peers = installPeers();
  const result = await runIdle(IDLE, compatibilityDate);
  console.log(`\n${idleTable(result, IDLE.connections)}`);
  writeResults("idle", { compatibilityDate, peers, load: IDLE, ...result });
}
if (isWanted("hubs")) {
  const rounds = await runAcross(ACROSS, compatibilityDate);
  const summary = summarizeAcross(rounds);
  console.log(`\n${acrossTable(summary)}`);
  const load = { ...ACROSS, signalBytes: FRAME_BYTES };
  writeResults("hubs", { compatibilityDate, load, summary, rounds });
}
if (isWanted("peers") || isWanted("idle")) drawChart();

/** Of what was measured last, here or before. */
function drawChart(): void {
  const peers = readResults("peers");
  if (peers === null) return;
  // Only this program writes these files.
  const { summary, date, machine, load } = peers as unknown as About & {
    readonly summary: PeersSummary;
    readonly load: PeersLoad;
  };
  const idle = readResults("idle") as unknown as IdleResult | null;
  const foot = `${date.slice(0, 10)} · ${machine.cores} cores of ${machine.cpu}, both sides on loopback · medians of ${load.rounds} rounds in turns, with quartiles`;
  const heading = "600-byte signals between 50 clients in pairs";
  writeFileSync(`${RESULTS}/chart.svg`, chart(heading, foot, panelsOf(summary, idle)));
}

interface About {
  readonly date: string;
  readonly machine: { readonly cores: number; readonly cpu: string };
}

function readResults(name: string): object | null {
  const path = `${RESULTS}/${name}.json`;
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as object) : null;
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

function codecTable(rows: readonly CodecRow[]): string {
  const cells = rows.map(({ payloadType, step, nanoseconds, marginPercent }) => [
    payloadType,
    step,
    nanoseconds.toFixed(0),
    `±${marginPercent.toFixed(1)} %`,
  ]);
  return alignRows([["codec", "step", "ns/signal", ""], ...cells]).join("\n");
}

/** What was measured, with what it takes to measure it again. */
function writeResults(name: string, results: object): void {
  const about = {
    date: new Date().toISOString(),
    command: ["npm run bench", ...(wanted.length > 0 ? ["--", ...wanted] : [])].join(" "),
    commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
    machine: {
      cores: availableParallelism(),
      cpu: cpus()[0]?.model ?? "not known",
      platform: `${process.platform} ${process.arch}`,
    },
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(
        ["workerd", "wrangler", "ws", "tinybench"].map((dependency) => [
          dependency,
          versionOf(dependency),
        ]),
      ),
    },
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(
    `${RESULTS}/${name}.json`,
    `${JSON.stringify({ ...about, ...results }, null, 2)}\n`,
  );
}

function versionOf(dependency: string): string {
  const manifest: { version?: unknown } = JSON.parse(
    readFileSync(`node_modules/${dependency}/package.json`, "utf8"),
  );
  return String(manifest.version);
}
