/** The pure parts of the comparison with other servers: equal signals for all, and tables and a chart that show what was measured. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIGITS, MARK } from "../../bench/peers/adapter.ts";
import { ADAPTERS, COMPARED, type AdapterName } from "../../bench/peers/adapters.ts";
import { chart } from "../../bench/peers/chart.ts";
import { IDLE, type IdleResult } from "../../bench/peers/idle.ts";
import { Latencies } from "../../bench/peers/latencies.ts";
import { panelsOf } from "../../bench/peers/panels.ts";
import { acrossTable, idleTable, peersTable } from "../../bench/peers/report.ts";
import type { PeersRound, Routed, Turn } from "../../bench/peers/rounds.ts";
import {
  perName,
  summarizeAcross,
  summarizePeers,
  summarizeWakes,
} from "../../bench/peers/summary.ts";
import { FRAME_BYTES } from "../../bench/signals.ts";

// Object.keys widens to string; these are the table's own.
const NAMES = Object.keys(ADAPTERS) as AdapterName[];

function read(file: string) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function routed(signalsPerSecond: number, p50Micros = 1000): Routed {
  return {
    signalsPerSecond,
    signals: signalsPerSecond,
    p50Micros,
    p99Micros: 2 * p50Micros,
    cpuMicrosPerSignal: null,
    loadBusy: 1,
  };
}

function turn(rate: number, burstRate: number, p50Micros: number): Turn {
  return {
    window1: routed(rate, p50Micros),
    window8: routed(rate),
    bursts: routed(burstRate),
    opensPerSecond: 100,
  };
}

function round(hub: Turn): PeersRound {
  return { ...perName(COMPARED, () => turn(100, 100, 1000)), hub };
}

const ROUNDS = [round(turn(90, 150, 1100)), round(turn(80, 300, 1200)), round(turn(100, 200, 900))];

const IDLE_RESULT: IdleResult = {
  bytesPerConnection: perName(IDLE, () => 2048),
  wakes: [
    { adapter: "counted-hub", firstMs: 10, awakeMs: 1 },
    { adapter: "control", firstMs: 3, awakeMs: 1 },
    { adapter: "counted-hub", firstMs: 20, awakeMs: 2 },
    { adapter: "counted-hub", firstMs: 12, awakeMs: 1 },
  ],
  keepAlive: { sent: 5000, answered: 5000, starts: 0, startsByASignal: 1 },
};

describe.each(NAMES)("a signal of %s", (name) => {
  const signal = ADAPTERS[name].client.signal("bench_0", "bench_1");

  it("is as long as every other server's, and holds one number", () => {
    expect(signal).toHaveLength(FRAME_BYTES);
    expect(signal.toString("latin1").split(MARK)).toHaveLength(2);
    const number = signal.indexOf(MARK) + MARK.length;
    expect(signal.toString("latin1", number, number + DIGITS)).toBe("0".repeat(DIGITS));
    expect(signal.toString("latin1")).toContain("bench_1");
  });
});

describe("Latencies", () => {
  it("gives percentiles in microseconds", () => {
    const latencies = new Latencies();
    for (let ms = 100; ms >= 0; ms -= 1) latencies.add(ms);
    expect(latencies.percentiles()).toEqual({ p50Micros: 50_000, p99Micros: 99_000 });
    latencies.clear();
    latencies.add(7);
    expect(latencies.percentiles()).toEqual({ p50Micros: 7000, p99Micros: 7000 });
  });
});

/** A spread, up to the rounding of floats. */
function near(low: number, median: number, high: number) {
  return { median: expect.closeTo(median), low: expect.closeTo(low), high: expect.closeTo(high) };
}

describe("a summary", () => {
  it("has medians with quartiles, and takes ratios round by round", () => {
    const { servers, ratios } = summarizePeers(ROUNDS);
    expect(servers.hub.window8.signalsPerSecond).toEqual(near(85, 90, 95));
    expect(servers.hub.window8.cpuMicrosPerSignal).toBeNull();
    expect(ratios.window8ToControl).toEqual(near(0.85, 0.9, 0.95));
    expect(ratios.burstsToPeerjs).toEqual(near(1.75, 2, 2.5));
    expect(ratios.latencyToControl).toEqual(near(1, 1.1, 1.15));
  });

  it("covers the wakes of every server that sleeps", () => {
    expect(summarizeWakes(IDLE_RESULT)).toEqual({
      "counted-hub": {
        firstMs: near(11, 12, 16),
        awakeMs: near(1, 1, 1.5),
      },
      control: { firstMs: near(3, 3, 3), awakeMs: near(1, 1, 1) },
    });
  });

  it("is printed with every server and with the verdict on each goal", () => {
    const table = peersTable(summarizePeers(ROUNDS));
    for (const name of COMPARED) expect(table).toContain(`\n${ADAPTERS[name].title} `);
    expect(table).toContain("2.00 (1.75-2.50)   goal 1.5: reached");
    expect(table).toContain("1.10 (1.00-1.15)   goal 1.15: reached");
    expect(peersTable(summarizePeers([round(turn(90, 100, 1300))]))).toMatch(
      /goal 1.5: missed\n.*goal 1.15: missed$/,
    );
    expect(idleTable(IDLE_RESULT, 5000)).toContain("5000 answered, woken 0 times; by one signal 1");
    const run = { window: routed(10), bursts: routed(20), windowCalls: 1000, burstCalls: 63 };
    const across = summarizeAcross([{ "counted-hub": run, "seven-hubs": run }]);
    expect(acrossTable(across)).toMatch(/^7 hubs .* 1000 \(1000-1000\) .* 63 \(63-63\)$/m);
  });
});

describe("the chart", () => {
  const panels = panelsOf(summarizePeers(ROUNDS), IDLE_RESULT);
  const svg = chart("Signals & <more>", "a machine", panels);

  it("has a bar, a label and a value per server in each panel, and marks ours", () => {
    const bars = panels.reduce((total, panel) => total + panel.bars.length, 0);
    expect(panels).toHaveLength(6);
    expect(svg.match(/<rect class="bar/g)).toHaveLength(bars);
    expect(svg.match(/<rect class="bar ours"/g)).toHaveLength(panels.length);
    for (const name of COMPARED) expect(svg).toContain(`>${ADAPTERS[name].title}</text>`);
  });

  it("is well-formed, describes itself for screen readers, and has colours for dark pages", () => {
    expect(svg).toContain('<title id="title">Signals &amp; &lt;more></title>');
    expect(svg).toContain(
      "Bursts: signals per second: Signal Manager 200, bare relay on workerd 100",
    );
    expect(svg).toContain("prefers-color-scheme: dark");
    const tags = Array.from(svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g));
    const open: string[] = [];
    for (const [, isEnd, name = "", isEmpty] of tags) {
      if (isEnd) expect(open.pop()).toBe(name);
      else if (!isEmpty) open.push(name);
    }
    expect(open).toEqual([]);
  });

  it("keeps every bar inside the picture", () => {
    const width = Number(/width="(\d+)" height/.exec(svg)?.[1]);
    for (const [, x, length] of svg.matchAll(
      /<rect class="bar[^"]*" x="([\d.]+)" [^>]*?width="([\d.]+)"/g,
    )) {
      expect(Number(x) + Number(length)).toBeLessThan(width);
    }
  });

  it("leaves out panels that were not measured", () => {
    expect(panelsOf(summarizePeers(ROUNDS), null)).toHaveLength(4);
  });
});

it("The peers' versions are pinned, and no user of the project installs them", () => {
  const { dependencies } = read("bench/peers/package.json");
  const root = read("package.json");
  for (const [name, version] of Object.entries<string>(dependencies)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(read("bench/peers/package-lock.json").packages[`node_modules/${name}`].version).toBe(
      version,
    );
    if (name !== "ws") expect(root.devDependencies).not.toHaveProperty([name]);
  }
  expect(root.workspaces).toBeUndefined();
  expect(dependencies.ws).toBe(root.devDependencies.ws);
});
