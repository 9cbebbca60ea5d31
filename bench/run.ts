/**
 * `npm run bench`: measures, prints tables, and writes bench/results/ and its chart. `npm run bench -- relay peers` runs
 * the parts that are named; without a name all run except `baseline`, which compares two versions of this project and needs
 * the git history. bench/README.md says what each part measures. The bench fails if a client sees an ERROR or loses a signal.
 *
 * `--smoke` makes every part short, except codec and relay. `--rounds=N` sets the rounds of baseline. `--itself` gives
 * baseline the same bundle twice, to see that the method finds no difference. With any of them the results go to
 * dist/bench/results.
 */
import { parseArgs } from "node:util";
import { BASELINE_LOAD, runBaselinePart } from "./baseline/part.ts";
import { COMPATIBILITY_DATE } from "./bundles.ts";
import { codecTable, runCodec } from "./codec.ts";
import { runAcross, type AcrossLoad } from "./peers/across.ts";
import { chart } from "./peers/chart.ts";
import { runIdle, type IdleLoad, type IdleResult } from "./peers/idle.ts";
import { installPeers } from "./peers/install.ts";
import { panelsOf } from "./peers/panels.ts";
import { acrossTable, idleTable, peersTable } from "./peers/report.ts";
import { runPeers, type PeersLoad } from "./peers/rounds.ts";
import { summarizeAcross, summarizePeers, type PeersSummary } from "./peers/summary.ts";
import { relayTable, summarize } from "./relay/report.ts";
import { runRelay, type RelayLoad } from "./relay/rounds.ts";
import { Results, type About } from "./results.ts";
import { FRAME_BYTES } from "./signals.ts";

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: "boolean", default: false },
    rounds: { type: "string" },
    itself: { type: "boolean", default: false },
  },
});

const IS_SMOKE = options.smoke;

/** Sixteen rounds of three times a second and a half, because what disturbs a machine lasts seconds. Some 90 seconds. */
const RELAY: RelayLoad = { clients: 50, window: 8, rounds: 16, runMs: 1500, warmUpMs: 4000 };

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

/** Most of it is waiting until the servers sleep: some two minutes. */
const IDLE: IdleLoad = { connections: IS_SMOKE ? 200 : 5000, sleeps: IS_SMOKE ? 1 : 3 };

const ACROSS: AcrossLoad = {
  clients: 50,
  window: 8,
  burst: 16,
  rounds: IS_SMOKE ? 1 : 5,
  runMs: IS_SMOKE ? 300 : 1000,
};

/** Each part measures, prints its table and writes its results. */
const PARTS: Readonly<Record<string, (results: Results) => Promise<void>>> = {
  async codec(results) {
    const rows = await runCodec();
    console.log(`\n${codecTable(rows)}`);
    results.write("codec", { frameBytes: FRAME_BYTES, rows });
  },
  async relay(results) {
    const rounds = await runRelay(RELAY);
    const summary = summarize(rounds);
    console.log(`\n${relayTable(summary)}`);
    const load = { ...RELAY, frameBytes: FRAME_BYTES, payloadType: "JSON" };
    results.write("relay", { compatibilityDate: COMPATIBILITY_DATE, load, summary, rounds });
  },
  async peers(results) {
    const peers = installPeers();
    const rounds = await runPeers(PEERS);
    const summary = summarizePeers(rounds);
    console.log(`\n${peersTable(summary)}`);
    const load = { ...PEERS, signalBytes: FRAME_BYTES };
    results.write("peers", { compatibilityDate: COMPATIBILITY_DATE, peers, load, summary, rounds });
    drawChart(results);
  },
  async idle(results) {
    const peers = installPeers();
    const result = await runIdle(IDLE);
    console.log(`\n${idleTable(result, IDLE.connections)}`);
    results.write("idle", { compatibilityDate: COMPATIBILITY_DATE, peers, load: IDLE, ...result });
    drawChart(results);
  },
  async hubs(results) {
    const rounds = await runAcross(ACROSS);
    const summary = summarizeAcross(rounds);
    console.log(`\n${acrossTable(summary)}`);
    const load = { ...ACROSS, signalBytes: FRAME_BYTES };
    results.write("hubs", { compatibilityDate: COMPATIBILITY_DATE, load, summary, rounds });
  },
  async baseline(results) {
    const rounds = Number(options.rounds ?? (IS_SMOKE ? 2 : BASELINE_LOAD.rounds));
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds takes a number from 1");
    await runBaselinePart(results, { ...BASELINE_LOAD, rounds }, options.itself);
  },
};

const isWhole = !IS_SMOKE && options.rounds === undefined && !options.itself;
const command = ["npm run bench", ...(wanted.length > 0 ? ["--", ...wanted] : [])].join(" ");
const results = new Results(isWhole ? "bench/results" : "dist/bench/results", command);
const unknown = wanted.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  const parts = Object.keys(PARTS).join(", ");
  throw new Error(`no part of the bench is named ${unknown.join(", ")}; there are ${parts}`);
}
for (const [name, run] of Object.entries(PARTS)) {
  if (wanted.length === 0 ? name !== "baseline" : wanted.includes(name)) await run(results);
}

/** Draws what was measured last, in this run or before. */
function drawChart(from: Results): void {
  const peers = from.read("peers");
  if (peers === null) return;
  // The part `peers` above wrote this file.
  const { summary, date, machine, load } = peers as unknown as About & {
    readonly summary: PeersSummary;
    readonly load: PeersLoad;
  };
  const idle = from.read("idle") as unknown as IdleResult | null;
  const foot = `${date.slice(0, 10)} · ${machine.cores} cores of ${machine.cpu}, both sides on loopback · medians of ${load.rounds} rounds in turns, with quartiles`;
  const heading = "600-byte signals between 50 clients in pairs";
  from.writeText("chart.svg", chart(heading, foot, panelsOf(summary, idle)));
}
