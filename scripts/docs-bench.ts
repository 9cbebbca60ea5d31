/** Prints the latest results of the bench for the documents, so that nobody copies a number by hand. */
import { readFileSync } from "node:fs";
import type { AcrossSummary, PeersSummary } from "../bench/peers/summary.ts";
import type { IdleLoad, IdleResult } from "../bench/peers/idle.ts";
import { acrossTable, idleTable, peersTable } from "../bench/peers/report.ts";
import { BURST_GOAL, LATENCY_GOAL } from "../bench/peers/summary.ts";
import { RATIO_GOAL, relayTable, type RelaySummary } from "../bench/relay/report.ts";
import type { Spread } from "../bench/statistics.ts";
import { fillParts, markdownTable, type Parts } from "./markdown.ts";

interface Results {
  readonly date: string;
  readonly command: string;
  readonly machine: { readonly cores: number; readonly cpu: string };
}

const PARTS: Parts = {
  relay: () => {
    const results = read<{ readonly summary: RelaySummary }>("relay");
    return shown(results, relayTable(results.summary));
  },
  peers: () => {
    const results = read<{ readonly summary: PeersSummary }>("peers");
    return shown(results, peersTable(results.summary));
  },
  idle: () => {
    const results = read<IdleResult & { readonly load: IdleLoad }>("idle");
    return shown(results, idleTable(results, results.load.connections));
  },
  hubs: () => {
    const results = read<{ readonly summary: AcrossSummary }>("hubs");
    return shown(results, acrossTable(results.summary));
  },
  goals,
};

/** The document with every `<!-- bench: PART -->` … `<!-- end -->` printed anew. */
export function fillBench(document: string): string {
  return fillParts(document, "bench", PARTS);
}

function goals(): string {
  const { toControl } = read<{ readonly summary: RelaySummary }>("relay").summary;
  const { ratios } = read<{ readonly summary: PeersSummary }>("peers").summary;
  const { keepAlive } = read<IdleResult>("idle");
  return markdownTable([
    ["what", "goal", "measured: median (quartiles)"],
    ["routed signals, hub ÷ bare relay on workerd", `≥ ${RATIO_GOAL}`, ratio(toControl.ratio)],
    ["bursts of 16, hub ÷ PeerJS server", `≥ ${BURST_GOAL}`, ratio(ratios.burstsToPeerjs)],
    [
      "median latency, hub ÷ bare relay on workerd",
      `≤ ${LATENCY_GOAL}`,
      ratio(ratios.latencyToControl),
    ],
    [
      `wakes of a sleeping hub by ${keepAlive.answered.toLocaleString("en")} text pings`,
      "0",
      String(keepAlive.starts),
    ],
  ]);
}

function ratio({ median, low, high }: Spread): string {
  return `${median.toFixed(3)} (${low.toFixed(3)}-${high.toFixed(3)})`;
}

function shown({ date, command, machine }: Results, table: string): string {
  const about = `${date.slice(0, 10)}, ${machine.cores} cores of ${machine.cpu}`;
  return `\`\`\`text\n$ ${command}   # ${about}\n\n${table}\n\`\`\`\n`;
}

function read<Own>(name: string): Results & Own {
  // bench/run.ts wrote this file with exactly this type.
  return JSON.parse(readFileSync(`bench/results/${name}.json`, "utf8")) as Results & Own;
}
