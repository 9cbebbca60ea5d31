/**
 * `npm run bench`: the codec in process, then the hub against two bare relays on workerd. Prints tables, writes
 * bench/results/. `npm run bench -- codec` or `-- relay` runs one of them. Fails if a client sees an ERROR or loses a frame.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { parse } from "smol-toml";
import { runCodec, type CodecRow } from "./codec.ts";
import { alignRows, relayTable, summarize } from "./relay/report.ts";
import { runRelay, type RelayLoad } from "./relay/rounds.ts";
import { FRAME_BYTES } from "./signals.ts";

/** Nine rounds of three times three seconds, and three warm-ups: some 100 seconds. */
const LOAD: RelayLoad = { clients: 50, window: 8, rounds: 9, runMs: 3000, warmUpMs: 4000 };

const wanted = process.argv.slice(2);
if (isWanted("codec")) {
  const rows = await runCodec();
  console.log(`\n${codecTable(rows)}`);
  writeResults("codec", { frameBytes: FRAME_BYTES, rows });
}
if (isWanted("relay")) {
  const { compatibility_date: compatibilityDate } = parse(readFileSync("wrangler.toml", "utf8"));
  const rounds = await runRelay(LOAD, String(compatibilityDate));
  const summary = summarize(rounds);
  console.log(`\n${relayTable(summary)}`);
  const load = { ...LOAD, frameBytes: FRAME_BYTES, payloadType: "JSON" };
  writeResults("relay", { compatibilityDate, load, summary, rounds });
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
  mkdirSync("bench/results", { recursive: true });
  writeFileSync(
    `bench/results/${name}.json`,
    `${JSON.stringify({ ...about, ...results }, null, 2)}\n`,
  );
}

function versionOf(dependency: string): string {
  const manifest: { version?: unknown } = JSON.parse(
    readFileSync(`node_modules/${dependency}/package.json`, "utf8"),
  );
  return String(manifest.version);
}
