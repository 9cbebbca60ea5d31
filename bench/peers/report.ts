/** The tables that the bench prints of its peers. Pure. */
import { alignRows } from "../relay/report.ts";
import type { Spread } from "../statistics.ts";
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
      show(window1.signalsPerSecond),
      show(window8.signalsPerSecond),
      show(bursts.signalsPerSecond),
      `${micros(window1.p50Micros)} / ${micros(window1.p99Micros)}`,
      `${micros(window8.p50Micros)} / ${micros(window8.p99Micros)}`,
      show(opensPerSecond),
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
    `hub ÷ bare relay on workerd, window 8   ${show(window8ToControl, 2)}`,
    `hub ÷ PeerJS server, bursts             ${show(burstsToPeerjs, 2)}   goal ${BURST_GOAL}: ${verdict(burstsToPeerjs.median >= BURST_GOAL)}`,
    `latency p50, hub ÷ bare relay, window 1 ${show(latencyToControl, 2)}   goal ${LATENCY_GOAL}: ${verdict(latencyToControl.median <= LATENCY_GOAL)}`,
  ].join("\n");
}

export function idleTable(result: IdleResult, connections: number): string {
  const wakes = summarizeWakes(result);
  const rows = IDLE.map((name) => {
    const wake = wakes[name];
    return [
      ADAPTERS[name].title,
      (result.bytesAConnection[name] / 1024).toFixed(1),
      wake === undefined ? "never sleeps" : show(wake.firstMs, 1),
      wake === undefined ? "" : show(wake.awakeMs, 1),
    ];
  });
  const { sent, answered, starts, startsByASignal } = result.keepAlive;
  const head = [
    `${connections} idle`,
    "KiB a connection",
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
      show(window.signalsPerSecond),
      show(windowCalls),
      show(bursts.signalsPerSecond),
      show(burstCalls),
    ];
  });
  const calls = "RPC calls / 1,000";
  return alignRows([["hubs", "signals/s, window 8", calls, "bursts of 16", calls], ...rows]).join(
    "\n",
  );
}

function verdict(isReached: boolean): string {
  return isReached ? "reached" : "missed";
}

function micros({ median }: Spread): string {
  return (median / 1000).toFixed(1);
}

function show({ median, low, high }: Spread, digits = 0): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}
