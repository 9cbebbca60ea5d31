/** Counting, and what a hub reports of it. */
import { describe, expect, it } from "vitest";
import { Counters, histogramSlotsOf, slotOf, slotsOf } from "../../src/metrics/counters.ts";
import { currentKey, SAMPLE_KEYS, sumSamples } from "../../src/metrics/samples.ts";

const OFFERS = slotOf("signal_manager_signals_delivered_total", "signal_offer");
const WAKES = slotOf("signal_manager_hub_wakes_total");
const ERRORS = slotsOf("signal_manager_errors_total");
const FRAMES = histogramSlotsOf("signal_manager_frame_bytes");

describe("Counters", () => {
  it("return what was counted, by series, and start again at zero", () => {
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

  it("are empty until something is counted, and again after take", () => {
    const counters = new Counters();
    expect(counters.isEmpty).toBe(true);
    counters.count(WAKES);
    expect(counters.isEmpty).toBe(false);
    counters.take();
    expect(counters.isEmpty).toBe(true);
    counters.observe(FRAMES, 1);
    expect(counters.isEmpty).toBe(false);
  });

  it("count for themselves", () => {
    const counters = new Counters();
    new Counters().count(WAKES);
    expect(counters.isEmpty).toBe(true);
  });

  it("return samples that a structured clone keeps", () => {
    const counters = new Counters();
    counters.observe(FRAMES, 100);
    const samples = counters.take();
    expect(structuredClone(samples)).toEqual(samples);
  });
});

describe("A histogram", () => {
  it.each([
    [0, 'signal_manager_frame_bytes_bucket{le="64"}'],
    [64, 'signal_manager_frame_bytes_bucket{le="64"}'],
    [65, 'signal_manager_frame_bytes_bucket{le="256"}'],
    [16_384, 'signal_manager_frame_bytes_bucket{le="16384"}'],
    [65_556, 'signal_manager_frame_bytes_bucket{le="65556"}'],
  ])("counts %d in the one bucket %s, in its sum and in its count", (value, bucket) => {
    const counters = new Counters();
    counters.observe(FRAMES, value);
    const sum = ["signal_manager_frame_bytes_sum", value];
    expect(counters.take()).toEqual([
      [bucket, 1],
      ...(value === 0 ? [] : [sum]),
      ["signal_manager_frame_bytes_count", 1],
    ]);
  });

  it("counts a value above the last bound in its sum and count alone", () => {
    const counters = new Counters();
    counters.observe(FRAMES, 65_557);
    expect(counters.take()).toEqual([
      ["signal_manager_frame_bytes_sum", 65_557],
      ["signal_manager_frame_bytes_count", 1],
    ]);
  });
});

describe("A slot", () => {
  it("differs for each series", () => {
    const slots = [OFFERS, WAKES, ...Object.values(ERRORS)];
    expect(new Set(slots).size).toBe(slots.length);
  });

  it("exists only for the series of the table, in types and at run time", () => {
    // @ts-expect-error no such label value
    expect(() => slotOf("signal_manager_errors_total", "418")).toThrow('{code="418"}');
    // @ts-expect-error the label is missing
    expect(() => slotOf("signal_manager_errors_total")).toThrow("no series");
    // @ts-expect-error a gauge is read, not counted
    expect(() => slotOf("signal_manager_sessions")).toThrow("no series");
  });
});

describe("Samples", () => {
  it("have a key of their own for each series", () => {
    expect(new Set(SAMPLE_KEYS).size).toBe(SAMPLE_KEYS.length);
    expect(SAMPLE_KEYS.length).toBeGreaterThan(60);
  });

  it("are added up key by key", () => {
    const sums = sumSamples([
      ["a", 1],
      ["b", 0.5],
      ["a", 2],
    ]);
    expect(Object.fromEntries(sums)).toEqual({ a: 3, b: 0.5 });
  });

  it.each([
    ['signal_manager_messages_total{type="error"}', 'signal_manager_frames_total{type="error"}'],
    [
      'signal_manager_signals_routed_total{type="signal_offer"}',
      'signal_manager_signals_delivered_total{type="signal_offer"}',
    ],
    ['signal_manager_upgrades_total{outcome="101"}', 'signal_manager_upgrades_total{status="101"}'],
  ])("of the former name %s go on as %s", (former, current) => {
    expect(currentKey(former)).toBe(current);
    expect(SAMPLE_KEYS).toContain(current);
  });

  it("of every current name keep it", () => {
    expect(SAMPLE_KEYS.map(currentKey)).toEqual(SAMPLE_KEYS);
  });
});
