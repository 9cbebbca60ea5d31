/** The measures that the chart shows. Pure. */
import { spread, type Spread } from "../statistics.ts";
import { ADAPTERS, COMPARED, type AdapterName, type Compared } from "./adapters.ts";
import type { Bar, Panel } from "./chart.ts";
import { IDLE, type IdleResult } from "./idle.ts";
import { summarizeWakes, type PeersSummary } from "./summary.ts";

/** `idle`: null if the part `idle` was never run. */
export function panelsOf({ servers }: PeersSummary, idle: IdleResult | null): Panel[] {
  return [
    {
      title: "Bursts: signals per second",
      note: "16 at once, as candidates come; ours in one message. More is better",
      bars: barsOf((name) => servers[name].bursts.signalsPerSecond),
      digits: 0,
    },
    {
      title: "Single signals per second",
      note: "8 in flight from each client. More is better",
      bars: barsOf((name) => servers[name].window8.signalsPerSecond),
      digits: 0,
    },
    {
      title: "Latency, median",
      note: "ms from send to arrival, 1 in flight from each client. Less is better",
      bars: barsOf((name) => inMillis(servers[name].window1.p50Micros)),
      digits: 2,
    },
    {
      title: "Clients that connect per second",
      note: "ours verifies a token and writes the session. More is better",
      bars: barsOf((name) => servers[name].opensPerSecond),
      digits: 0,
    },
    ...(idle === null ? [] : idlePanels(idle)),
  ];
}

function idlePanels(idle: IdleResult): Panel[] {
  const wakes = summarizeWakes(idle);
  return [
    {
      title: "Memory of an idle connection",
      note: "KiB, asleep where the server can sleep. Less is better",
      bars: IDLE.map((name) => barOf(name, spread([idle.bytesPerConnection[name] / 1024]))),
      digits: 1,
    },
    {
      title: "First signal after sleep",
      note: "ms; servers on Node never sleep. Less is better",
      bars: IDLE.flatMap((name) => {
        const wake = wakes[name];
        return wake === undefined ? [] : [barOf(name, wake.firstMs)];
      }),
      digits: 1,
    },
  ];
}

function barsOf(value: (name: Compared) => Spread): Bar[] {
  return COMPARED.map((name) => barOf(name, value(name)));
}

function barOf(name: AdapterName, value: Spread): Bar {
  const isOurs = name === "hub" || name === "counted-hub";
  return { label: ADAPTERS[name].title, value, isOurs };
}

function inMillis({ median, low, high }: Spread): Spread {
  return { median: median / 1000, low: low / 1000, high: high / 1000 };
}
