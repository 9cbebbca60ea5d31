/** Reports of this release, of the previous one, and of a later one. */
import { describe, expect, it } from "vitest";
import {
  ackFor,
  encodeMeasured,
  encodeReport,
  readAck,
  readMeasured,
  readReport,
  type HubReport,
  type HubReportV1,
} from "../../src/ledger/contract.ts";
import { begun, LedgerWorld, reportOf, statsOf } from "./support/ledger-world.ts";

const BODY = begun(1, "alice").body;

/** As a hub of commit a5413e9 sends it. */
const FORMER: HubReportV1 = {
  hub: "main",
  outboxId: "outbox",
  events: [{ seq: 3, atMs: 7, body: BODY }],
  tally: {
    id: "t",
    atMs: 8,
    deltas: [
      ['signal_manager_messages_total{type="heartbeat"}', 2],
      ['signal_manager_signals_routed_total{type="signal_offer"}', 3],
      ['signal_manager_upgrades_total{outcome="101"}', 4],
      ['signal_manager_errors_total{code="404"}', 5],
    ],
    summaries: { rate_limited: 6 },
    occasions: [BODY],
  },
};

const CURRENT: HubReport = {
  version: 2,
  hub: "main",
  outboxId: "outbox",
  events: [{ sequence: 3, atMs: 7, body: BODY }],
  stats: {
    id: "t",
    atMs: 8,
    deltas: [
      ['signal_manager_frames_total{type="heartbeat"}', 2],
      ['signal_manager_signals_delivered_total{type="signal_offer"}', 3],
      ['signal_manager_upgrades_total{status="101"}', 4],
      ['signal_manager_errors_total{code="404"}', 5],
    ],
    summaries: { rate_limited: 6 },
    immediateEvents: [BODY],
  },
};

describe("readReport", () => {
  it("returns a report of this release as it is", () => {
    expect(readReport(CURRENT)).toEqual(CURRENT);
  });

  it("translates a report without a version, the names of its counters among it", () => {
    expect(readReport(FORMER)).toEqual(CURRENT);
    expect(readReport({ ...FORMER, tally: null })).toEqual({ ...CURRENT, stats: null });
  });

  it("throws for a report of a later release, and names both versions", () => {
    // What a hub of a later release sends, this release has no type for.
    const later = { ...CURRENT, version: 3 } as unknown as HubReport;
    expect(() => readReport(later)).toThrow("version 3");
    expect(() => readReport(later)).toThrow("up to 2");
  });
});

describe("ackFor", () => {
  it("answers in the format of the report", () => {
    expect(ackFor(CURRENT, { throughSequence: 3 })).toEqual({ throughSequence: 3 });
    expect(ackFor(FORMER, { throughSequence: 3 })).toEqual({ throughSeq: 3 });
  });
});

describe("encodeReport", () => {
  it("sends a report in the format that the previous release reads", () => {
    expect(encodeReport(CURRENT)).toEqual(FORMER);
    expect(encodeReport({ ...CURRENT, stats: null })).toEqual({ ...FORMER, tally: null });
  });

  it("loses nothing on the way to a Ledger of this release", () => {
    expect(readReport(encodeReport(CURRENT))).toEqual(CURRENT);
  });
});

describe("readAck", () => {
  it("reads the answers of both releases", () => {
    for (const report of [CURRENT, FORMER]) {
      expect(readAck(ackFor(report, { throughSequence: 3 }))).toEqual({ throughSequence: 3 });
    }
  });
});

describe("what a Ledger measures", () => {
  const others = {
    signal_manager_events_queued: 2,
    signal_manager_events_parked: 3,
    signal_manager_events_oldest_age_seconds: 4,
  };
  const measured = {
    samples: {
      'signal_manager_frames_total{type="heartbeat"}': 5,
      signal_manager_hub_wakes_total: 6,
    },
    gauges: { signal_manager_sessions: 1, ...others },
  };

  it("reaches a Worker of the previous release under the former names, too", () => {
    expect(encodeMeasured(measured)).toMatchObject({
      samples: { 'signal_manager_messages_total{type="heartbeat"}': 5 },
      gauges: { signal_manager_connections: 1, ...others },
    });
  });

  it("reaches a Worker of this release as it is", () => {
    expect(readMeasured(encodeMeasured(measured))).toMatchObject(measured);
  });

  it("is read from a Ledger of the previous release", () => {
    const former = {
      samples: {
        'signal_manager_messages_total{type="heartbeat"}': 5,
        signal_manager_hub_wakes_total: 6,
      },
      gauges: { signal_manager_connections: 1, ...others },
    };
    expect(readMeasured(former)).toEqual(measured);
  });
});

it("The Ledger takes an event once that one release reports after the other", () => {
  const world = new LedgerWorld();
  const deltas = [["signal_manager_hub_wakes_total", 1]] as const;
  const tally = { id: "t", atMs: 1, deltas, summaries: {}, occasions: [] };
  world.ledger.accept(readReport({ ...FORMER, events: [{ seq: 1, atMs: 7, body: BODY }], tally }));
  world.ledger.accept(reportOf([begun(1, "alice")], { stats: statsOf("t", { deltas }) }));
  expect(world.emitted).toHaveLength(1);
  expect(world.sample("signal_manager_hub_wakes_total")).toBe(1);
});
