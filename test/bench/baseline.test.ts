/** The comparison with the baseline, without its measurements: the order of the turns, the statistics and the table. */
import { describe, expect, it } from "vitest";
import { baselineTable, summarizeBaseline } from "../../bench/baseline/report.ts";
import { turnOrder, type BaselineRound, type Turns } from "../../bench/baseline/rounds.ts";
import { pairedRatio } from "../../bench/statistics.ts";

/** Pairs that differ by `ratio`, up to a disturbance that grows with each pair, and whose signs alternate. */
function ratiosAround(ratio: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, at) => ratio * (at % 2 === 0 ? 1 + at / 1000 : 1 / (1 + at / 1000)),
  );
}

function turns(cpuMicrosPerSignal: number | null, connectsPerSecond: number): Turns {
  return {
    cpuMicrosPerSignal,
    signalsPerSecond: 100,
    connectsPerSecond,
    cpuMicrosPerConnect: 1000,
    loadBusy: 1,
  };
}

function rounds(cpu: readonly (number | null)[], connects: readonly number[]): BaselineRound[] {
  return cpu.map((todays, at) => ({
    process: 0,
    hub: turns(todays, connects[at] ?? 0),
    "baseline-hub": turns(40, 500),
  }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe("the order of turns", () => {
  it("gives both versions the same mean position, so that a steady drift meets both alike", () => {
    const order = turnOrder(["hub", "baseline-hub"], 6);
    const positions = (version: string) =>
      order.flatMap((name, at) => (name === version ? [at] : []));
    expect(order).toHaveLength(12);
    expect(sum(positions("hub"))).toBe(sum(positions("baseline-hub")));
  });

  it("begins with the version that is named first", () => {
    expect(turnOrder(["baseline-hub", "hub"], 2)).toEqual([
      "baseline-hub",
      "hub",
      "hub",
      "baseline-hub",
    ]);
  });
});

describe("a paired ratio", () => {
  it("finds the common ratio of all pairs, with an interval around it", () => {
    const { estimate, low, high } = pairedRatio(ratiosAround(0.9, 40));
    expect(estimate).toBeCloseTo(0.9, 2);
    expect(low).toBeLessThan(0.9);
    expect(high).toBeGreaterThan(0.9);
    expect(high - low).toBeLessThan(0.02);
  });

  it("hardly moves when a few pairs are disturbed", () => {
    const disturbed = [...ratiosAround(1, 36), 3, 4, 5, 6];
    expect(pairedRatio(disturbed).estimate).toBeCloseTo(1, 1);
    expect(sum(disturbed) / 40).toBeGreaterThan(1.3);
  });

  it("of the inverse ratios is the inverse", () => {
    const ratios = [0.8, 0.9, 1.1, 1.3, 0.95, 1.02, 1.4];
    const forth = pairedRatio(ratios);
    const back = pairedRatio(ratios.map((ratio) => 1 / ratio));
    expect(back.estimate).toBeCloseTo(1 / forth.estimate);
    expect(back.low).toBeCloseTo(1 / forth.high);
    expect(back.high).toBeCloseTo(1 / forth.low);
  });

  it("has Wilcoxon's interval: for ten pairs from the eighth average to the eighth from the end", () => {
    // The logarithms are 1 to 10. Wilcoxon's critical value for ten pairs and 5 % is 8.
    const ratios = Array.from({ length: 10 }, (_, at) => Math.exp(at + 1));
    const averages = ratios
      .flatMap((_, one) => ratios.slice(one).map((__, more) => one + 1 + more / 2))
      .toSorted((a, b) => a - b);
    const { estimate, low, high } = pairedRatio(ratios);
    expect(Math.log(estimate)).toBeCloseTo(5.5);
    expect(Math.log(low)).toBeCloseTo(averages[7] ?? 0);
    expect(Math.log(high)).toBeCloseTo(averages[55 - 8] ?? 0);
  });

  it("has everything that the pairs allow as its interval where there are too few", () => {
    expect(pairedRatio([0.5, 1, 2])).toMatchObject({
      estimate: expect.closeTo(1),
      low: expect.closeTo(0.5),
      high: expect.closeTo(2),
    });
    expect(() => pairedRatio([])).toThrow(RangeError);
  });
});

describe("the table of the baseline", () => {
  const equal = [40.1, 39.9, 40, 40.05, 39.95, 40.02, 39.98, 40.01];

  it("divides so that more is better for today's hub, in time and in rates", () => {
    const { ratios } = summarizeBaseline(rounds([20, 20, 20], [1000, 1000, 1000]));
    expect(ratios.signalCpu?.estimate).toBeCloseTo(2);
    expect(ratios.connects.estimate).toBeCloseTo(2);
    expect(ratios.signals.estimate).toBeCloseTo(1);
  });

  it("says which goals are reached and which are missed", () => {
    const connects = [400, 401, 399, 402, 398, 400, 401, 399];
    const table = baselineTable(summarizeBaseline(rounds(equal, connects)));
    expect(table).toMatch(/signals by CPU time +1\.000 \(0\.99\d-1\.00\d\) +goal 0\.98: reached$/m);
    expect(table).toMatch(/connects per second +0\.800 \(.*\) +goal 0\.95: missed$/m);
  });

  it("says that a verdict is not certain when the goal lies inside the interval", () => {
    const noisy = [300, 700, 350, 650, 480, 510, 420, 560];
    expect(baselineTable(summarizeBaseline(rounds(equal, noisy)))).toMatch(
      /goal 0\.95: (reached|missed), not certain$/m,
    );
  });

  it("says where the system does not report CPU times", () => {
    const table = baselineTable(summarizeBaseline(rounds([40, null, 40], [500, 500, 500])));
    expect(table).toContain("goal 0.98: not known");
  });
});
