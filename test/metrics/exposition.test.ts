/** What a scrape reads, compared with the text of the format and checked by Prometheus' own tool. */
import { describe, expect, it } from "vitest";
import { END_REASONS } from "../../src/events/end-reasons.ts";
import { Counters, histogramSlotsOf, slotOf } from "../../src/metrics/counters.ts";
import { exposition, type Gauges } from "../../src/metrics/exposition.ts";
import { METRICS } from "../../src/metrics/table.ts";
import { SAMPLE_KEYS, type Sample } from "../../src/metrics/samples.ts";
import { ERROR_CODES } from "../../src/protocol/errors.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { announceMissingPromtool, hasPromtool, promtool } from "../support/promtool.ts";

const GAUGES: Gauges = {
  signal_manager_sessions: 12,
  signal_manager_events_queued: 3,
  signal_manager_events_parked: 0,
  signal_manager_events_oldest_age_seconds: 1.25,
};

const nothingCounted = exposition([], GAUGES, "1.2.3");

/** The lines of one metric, without its comments. */
function seriesOf(name: string, text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(name));
}

describe("The exposition", () => {
  it("shows every metric of the table once, in its order, with its help and its type", () => {
    const comments = nothingCounted.split("\n").filter((line) => line.startsWith("#"));
    expect(comments).toEqual(
      Object.entries(METRICS).flatMap(([name, { type, help }]) => [
        `# HELP ${name} ${help}`,
        `# TYPE ${name} ${type}`,
      ]),
    );
    expect(nothingCounted.endsWith("\n")).toBe(true);
  });

  it.each([
    ["frames_total", "type", [...Object.keys(MESSAGE_TYPES), "unknown"]],
    ["errors_total", "code", Object.keys(ERROR_CODES)],
    ["sessions_ended_total", "reason", Object.keys(END_REASONS)],
    ["upgrades_total", "status", ["101", "400", "401", "403", "426", "429", "500", "503"]],
    ["signals_delivered_total", "type", ["SIGNAL_OFFER", "SIGNAL_ANSWER", "SIGNAL_ICE_CANDIDATE"]],
    ["signals_undelivered_total", "code", ["400", "403", "404", "413", "500", "503"]],
    ["publish_requests_total", "outcome", ["published", "retried", "blocked", "split", "parked"]],
  ])("has %s from the start, at zero, for every %s", (metric, label, values) => {
    const name = `signal_manager_${metric}`;
    expect(seriesOf(name, nothingCounted)).toEqual(
      values.map((value) => `${name}{${label}="${value.toLowerCase()}"} 0`),
    );
  });

  it("shows the given gauges, and the version as a label", () => {
    expect(seriesOf("signal_manager_sessions ", nothingCounted)).toEqual([
      "signal_manager_sessions 12",
    ]);
    expect(nothingCounted).toContain("\nsignal_manager_events_oldest_age_seconds 1.25\n");
    expect(nothingCounted).toContain('\nsignal_manager_build_info{version="1.2.3"} 1\n');
  });

  it("shows what was counted, and adds up the samples of several Ledgers", () => {
    const key = 'signal_manager_frames_total{type="heartbeat"}';
    const text = exposition(
      [
        [key, 2],
        [key, 5],
        ["signal_manager_gone_total", 9],
      ],
      GAUGES,
      "1",
    );
    expect(text).toContain(`\n${key} 7\n`);
    expect(text).not.toContain("gone");
  });

  it("adds up the buckets of a histogram, from the lowest bound to +Inf", () => {
    const counters = new Counters();
    const frames = histogramSlotsOf("signal_manager_frame_bytes");
    for (const bytes of [21, 64, 65, 5000, 70_000]) counters.observe(frames, bytes);
    expect(
      seriesOf("signal_manager_frame_bytes", exposition(counters.take(), GAUGES, "1")),
    ).toEqual([
      'signal_manager_frame_bytes_bucket{le="64"} 2',
      'signal_manager_frame_bytes_bucket{le="256"} 3',
      'signal_manager_frame_bytes_bucket{le="1024"} 3',
      'signal_manager_frame_bytes_bucket{le="4096"} 3',
      'signal_manager_frame_bytes_bucket{le="16384"} 4',
      'signal_manager_frame_bytes_bucket{le="65556"} 4',
      'signal_manager_frame_bytes_bucket{le="+Inf"} 5',
      "signal_manager_frame_bytes_sum 75150",
      "signal_manager_frame_bytes_count 5",
    ]);
  });

  it("is the same for a count that was stored and read again", () => {
    const counters = new Counters();
    counters.count(slotOf("signal_manager_upgrades_total", "101"), 3);
    const rows: Sample[] = JSON.parse(JSON.stringify(counters.take()));
    expect(exposition(rows, GAUGES, "1")).toContain(
      '\nsignal_manager_upgrades_total{status="101"} 3\n',
    );
  });

  it("escapes characters that would end the value of a label", () => {
    expect(exposition([], GAUGES, 'a"b\\c\nd')).toContain('{version="a\\"b\\\\c\\nd"} 1\n');
  });
});

describe("Prometheus' own tool", () => {
  announceMissingPromtool("the check of /metrics by promtool");
  const everythingCounted = SAMPLE_KEYS.map((key, at): Sample => [key, at * 1e15 + 0.5]);

  it.skipIf(!hasPromtool).each([
    ["nothing was counted", nothingCounted],
    ["everything was counted, often", exposition(everythingCounted, GAUGES, "1.2.3")],
    ["the version is odd", exposition([], GAUGES, 'a"b\\c\nd')],
  ])("reads the exposition without complaint if %s", (_, text) => {
    expect(promtool(["check", "metrics"], text)).toEqual({ status: 0, output: "" });
  });

  it.skipIf(!hasPromtool)("complains about a broken exposition", () => {
    const broken = nothingCounted.replace('{status="101"}', '{status="101}');
    expect(promtool(["check", "metrics"], broken).status).not.toBe(0);
  });
});
