/** The tables of the parts peers, idle and hubs. Pure. */
import type { Spread } from "../statistics.ts";
import { alignRows, showSpread, verdict } from "../tables.ts";
import { HUBS } from "./across.ts";
import { ADAPTERS, COMPARED } from "./adapters.ts";
import { IDLE, type IdleResult } from "./idle.ts";
import {
  BURST_GOAL,
  LATENCY_GOAL,
  summarizeWakes,
  type AcrossSummary,
  type PeersSummary,
} from "./summary.ts";

export function peersTable({ servers, ratios }: PeersSummary): string {
  const rows = COMPARED.map((name) => {
    const { window1, window8, bursts, opensPerSecond } = servers[name];
    return [
      ADAPTERS[name].title,
      showSpread(window1.signalsPerSecond, 0),
      showSpread(window8.signalsPerSecond, 0),
      showSpread(bursts.signalsPerSecond, 0),
      `${micros(window1.p50Micros)} / ${micros(window1.p99Micros)}`,
      `${micros(window8.p50Micros)} / ${micros(window8.p99Micros)}`,
      showSpread(opensPerSecond, 0),
    ];
  });
  const head = [
    "signals/s",
    "window 1",
    "window 8",
    "bursts of 16",
    "ms p50 / p99, window 1",
    "window 8",
    "connects/s",
  ];
  const { window8ToControl, burstsToPeerjs, latencyToControl } = ratios;
  return [
    ...alignRows([head, ...rows]),
    `hub ÷ bare relay on workerd, window 8   ${showSpread(window8ToControl, 2)}`,
    `hub ÷ PeerJS server, bursts             ${showSpread(burstsToPeerjs, 2)}   goal ${BURST_GOAL}: ${verdict(burstsToPeerjs.median >= BURST_GOAL)}`,
    `latency p50, hub ÷ bare relay, window 1 ${showSpread(latencyToControl, 2)}   goal ${LATENCY_GOAL}: ${verdict(latencyToControl.median <= LATENCY_GOAL)}`,
  ].join("\n");
}

export function idleTable(result: IdleResult, connections: number): string {
  const wakes = summarizeWakes(result);
  const rows = IDLE.map((name) => {
    const wake = wakes[name];
    return [
      ADAPTERS[name].title,
      (result.bytesPerConnection[name] / 1024).toFixed(1),
      wake === undefined ? "never sleeps" : showSpread(wake.firstMs, 1),
      wake === undefined ? "" : showSpread(wake.awakeMs, 1),
    ];
  });
  const { sent, answered, starts, startsByASignal } = result.keepAlive;
  const head = [
    `${connections} idle`,
    "KiB per connection",
    "first signal after sleep, ms",
    "next, ms",
  ];
  return [
    ...alignRows([head, ...rows]),
    `hub asleep: ${sent} text pings, ${answered} answered, woken ${starts} times; by one signal ${startsByASignal}`,
  ].join("\n");
}

export function acrossTable(summary: AcrossSummary): string {
  const rows = HUBS.map((name) => {
    const { window, bursts, windowCalls, burstCalls } = summary[name];
    return [
      name === "seven-hubs" ? "7 hubs" : "1 hub",
      showSpread(window.signalsPerSecond, 0),
      showSpread(windowCalls, 0),
      showSpread(bursts.signalsPerSecond, 0),
      showSpread(burstCalls, 0),
    ];
  });
  const calls = "RPC calls / 1,000";
  return alignRows([["hubs", "signals/s, window 8", calls, "bursts of 16", calls], ...rows]).join(
    "\n",
  );
}

function micros({ median }: Spread): string {
  return (median / 1000).toFixed(1);
}
