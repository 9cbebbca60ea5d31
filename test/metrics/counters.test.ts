/** Counting, and what a hub reports of it. */
import { describe, expect, it } from "vitest";
import { Counters, histogramSlotsOf, slotOf, slotsOf } from "../../src/metrics/counters.ts";
import { SAMPLE_KEYS, sumSamples } from "../../src/metrics/samples.ts";

const OFFERS = slotOf("signal_manager_signals_delivered_total", "signal_offer");
const WAKES = slotOf("signal_manager_hub_wakes_total");
const ERRORS = slotsOf("signal_manager_errors_total");
const FRAMES = histogramSlotsOf("signal_manager_frame_bytes");

describe("counters", () => {
  it("give what was counted, by series, and begin again at zero", () => {
    const counters = new Counters();
    counters.count(OFFERS);
    counters.count(OFFERS);
    counters.count(WAKES);
    counters.count(ERRORS[404], 3);
    expect(counters.take()).toEqual([
      ['signal_manager_errors_total{code="404"}', 3],
      ['signal_manager_signals_delivered_total{type="signal_offer"}', 2],
      ["signal_manager_hub_wakes_total", 1],
    ]);
    expect(counters.take()).toEqual([]);
    counters.count(OFFERS);
    expect(counters.take()).toEqual([
      ['signal_manager_signals_delivered_total{type="signal_offer"}', 1],
    ]);
  });

  it("are empty until something is counted, and again once it is taken", () => {
    const counters = new Counters();
    expect(counters.isEmpty).toBe(true);
    counters.count(WAKES);
    expect(counters.isEmpty).toBe(false);
    counters.take();
    expect(counters.isEmpty).toBe(true);
    counters.observe(FRAMES, 1);
    expect(counters.isEmpty).toBe(false);
  });

  it("of one hub are not those of another", () => {
    const counters = new Counters();
    new Counters().count(WAKES);
    expect(counters.isEmpty).toBe(true);
  });

  it("report what a structured clone takes", () => {
    const counters = new Counters();
    counters.observe(FRAMES, 100);
    const samples = counters.take();
    expect(structuredClone(samples)).toEqual(samples);
  });
});

describe("a histogram", () => {
  it.each([
    [0, 'signal_manager_frame_bytes_bucket{le="64"}'],
    [64, 'signal_manager_frame_bytes_bucket{le="64"}'],
    [65, 'signal_manager_frame_bytes_bucket{le="256"}'],
    [16_384, 'signal_manager_frame_bytes_bucket{le="16384"}'],
    [65_556, 'signal_manager_frame_bytes_bucket{le="65556"}'],
  ])("puts %d into the one bucket %s, its sum and its count", (value, bucket) => {
    const counters = new Counters();
    counters.observe(FRAMES, value);
    const sum = ["signal_manager_frame_bytes_sum", value];
    expect(counters.take()).toEqual([
      [bucket, 1],
      ...(value === 0 ? [] : [sum]),
      ["signal_manager_frame_bytes_count", 1],
    ]);
  });

  it("counts a value above the last bound in no bucket of its own", () => {
    const counters = new Counters();
    counters.observe(FRAMES, 65_557);
    expect(counters.take()).toEqual([
      ["signal_manager_frame_bytes_sum", 65_557],
      ["signal_manager_frame_bytes_count", 1],
    ]);
  });
});

describe("a slot", () => {
  it("is another for each series", () => {
    const slots = [OFFERS, WAKES, ...Object.values(ERRORS)];
    expect(new Set(slots).size).toBe(slots.length);
  });

  it("is not there for a series that the table lacks: in types, and at run time", () => {
    // @ts-expect-error no such label value
    expect(() => slotOf("signal_manager_errors_total", "418")).toThrow('{code="418"}');
    // @ts-expect-error the label is missing
    expect(() => slotOf("signal_manager_errors_total")).toThrow("no series");
    // @ts-expect-error a gauge is read, not counted
    expect(() => slotOf("signal_manager_sessions")).toThrow("no series");
  });
});

describe("samples", () => {
  it("have a key of their own for each series", () => {
    expect(new Set(SAMPLE_KEYS).size).toBe(SAMPLE_KEYS.length);
    expect(SAMPLE_KEYS.length).toBeGreaterThan(60);
  });

  it("are added key by key, whoever they come from", () => {
    const sums = sumSamples([
      ["a", 1],
      ["b", 0.5],
      ["a", 2],
    ]);
    expect(Object.fromEntries(sums)).toEqual({ a: 3, b: 0.5 });
  });
});
