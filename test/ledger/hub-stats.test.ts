/** What a hub, or the Worker, counts between two reports. */
import { describe, expect, it } from "vitest";
import { MAX_NAMED_PAIRS, HubStats, type HubStatsSettings } from "../../src/ledger/hub-stats.ts";
import type { Fault } from "../../src/protocol/errors.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { clientId } from "../support/client-ids.ts";

const OFFER = MESSAGE_TYPES.SIGNAL_OFFER.value;

function stats(settings: Partial<HubStatsSettings> = {}): HubStats {
  return new HubStats({ counts: true, emitsDelivered: false, isHub: false, ...settings });
}

function signal(target = "bob", source = "alice") {
  return { source: clientId(source), target: clientId(target), messageType: OFFER };
}

function undelivered(target = "bob", code: 404 | 500 | 503 = 404) {
  return { event: "signal.undelivered", code, ...signal(target) } as const;
}

function refused(fault: Fault, code: number) {
  // HubStats reads no other field of the event.
  return { event: "frame.refused", fault, code } as unknown as Parameters<HubStats["observe"]>[0];
}

const DELIVERED = {
  source_client_id: "alice",
  target_client_id: "bob",
  message_type: "SIGNAL_OFFER",
};

describe("HubStats", () => {
  it("is empty until something is counted, and again after take", () => {
    const counts = stats();
    expect([counts.isEmpty, counts.drain()]).toEqual([true, null]);
    counts.received(OFFER, 100);
    expect([counts.isEmpty, counts.hasImmediateEvents]).toEqual([false, false]);
    const taken = counts.drain();
    expect(taken).toMatchObject({ summaries: {}, immediateEvents: [] });
    expect(Object.fromEntries(taken?.deltas ?? [])).toMatchObject({
      'signal_manager_frames_total{type="signal_offer"}': 1,
      signal_manager_frame_bytes_sum: 100,
      signal_manager_frame_bytes_count: 1,
    });
    expect([counts.isEmpty, counts.drain()]).toEqual([true, null]);
  });

  it("counts every message type, those that are not known as one", () => {
    const counts = stats();
    for (let type = 0; type < 256; type += 1) counts.received(type, 21);
    const deltas = counts.drain()?.deltas ?? [];
    const sum = deltas
      .filter(([key]) => key.startsWith("signal_manager_frames_total"))
      .reduce((all, [, value]) => all + value, 0);
    expect(sum).toBe(256);
    const known = Object.keys(MESSAGE_TYPES).length;
    expect(deltas).toContainEqual(['signal_manager_frames_total{type="unknown"}', 256 - known]);
  });

  it("counts a wake of the hub with the first stats, and no wake alone", () => {
    const counts = stats({ isHub: true });
    expect([counts.isEmpty, counts.drain()]).toEqual([true, null]);
    const wakes = () =>
      Object.fromEntries(counts.drain()?.deltas ?? [])["signal_manager_hub_wakes_total"];
    counts.received(OFFER, 1);
    expect(wakes()).toBe(1);
    counts.received(OFFER, 1);
    expect(wakes()).toBeUndefined();
    const worker = stats();
    worker.received(OFFER, 1);
    expect(Object.fromEntries(worker.drain()?.deltas ?? [])).not.toHaveProperty(
      "signal_manager_hub_wakes_total",
    );
  });

  it("makes events and summaries even if metrics are off", () => {
    const counts = stats({ counts: false, isHub: true });
    counts.received(OFFER, 1);
    counts.delivered(signal());
    expect([counts.isEmpty, counts.drain()]).toEqual([true, null]);
    counts.observe(undelivered());
    counts.observe(refused("auth.invalid", 401));
    expect(counts.drain()).toEqual({
      deltas: [],
      summaries: { "client.auth_failed": 1 },
      immediateEvents: [
        { type: "signal.undelivered", data: { ...DELIVERED, error_code: 404, count: 1 } },
      ],
    });
  });
});

describe("HubStats, for signals,", () => {
  it("[ER4] counts those that a hub with an invalid configuration did not deliver", () => {
    const counts = stats();
    counts.observe(undelivered("bob", 500));
    const series = 'signal_manager_signals_undelivered_total{code="500"}';
    expect(counts.drain()?.deltas).toContainEqual([series, 1]);
  });

  it("makes one event per pair, type and code of those that were not delivered, with their number", () => {
    const counts = stats();
    for (const event of [undelivered(), undelivered(), undelivered("bob", 503)]) {
      counts.observe(event);
    }
    counts.observe(undelivered("carol"));
    expect(counts.hasImmediateEvents).toBe(true);
    const taken = counts.drain();
    expect(taken?.immediateEvents.map(({ data }) => data)).toEqual([
      { ...DELIVERED, error_code: 404, count: 2 },
      { ...DELIVERED, error_code: 503, count: 1 },
      { ...DELIVERED, target_client_id: "carol", error_code: 404, count: 1 },
    ]);
    expect(taken?.deltas).toContainEqual([
      'signal_manager_signals_undelivered_total{code="404"}',
      3,
    ]);
    expect(counts.hasImmediateEvents).toBe(false);
  });

  it("counts those that were delivered, and makes events of them only if the configuration asks for it", () => {
    const [quiet, emitting] = [stats(), stats({ emitsDelivered: true })];
    for (const counts of [quiet, emitting]) {
      counts.delivered(signal());
      counts.delivered(signal());
    }
    expect(quiet.drain()).toMatchObject({
      deltas: [['signal_manager_signals_delivered_total{type="signal_offer"}', 2]],
      immediateEvents: [],
    });
    expect(emitting.drain()?.immediateEvents).toEqual([
      { type: "signal.delivered", data: { ...DELIVERED, count: 2 } },
    ]);
  });

  it("leaves out the target beyond a thousand pairs, and counts every signal", () => {
    const counts = stats();
    for (let at = 0; at < MAX_NAMED_PAIRS + 500; at += 1) counts.observe(undelivered(`b-${at}`));
    const immediateEvents = counts.drain()?.immediateEvents ?? [];
    expect(immediateEvents).toHaveLength(MAX_NAMED_PAIRS + 1);
    expect(immediateEvents.at(-1)?.data).toMatchObject({ target_client_id: null, count: 500 });
  });

  it("keeps pairs apart whose ids hold quotes and commas", () => {
    const counts = stats({ emitsDelivered: true });
    counts.delivered(signal('b",null,"', "a"));
    counts.delivered(signal("b", 'a","b",null,"'));
    expect(counts.drain()?.immediateEvents).toHaveLength(2);
  });
});

describe("HubStats, for refusals,", () => {
  it.each([
    ["auth.invalid", 401, { "client.auth_failed": 2 }],
    ["rate.exceeded", 429, { rate_limited: 2 }],
    ["frame.start-byte", 400, {}],
  ] as const)(
    "counts those of %s for a summary, and makes no event of each",
    (fault, code, summaries) => {
      const counts = stats();
      for (let at = 0; at < 2; at += 1) counts.observe(refused(fault, code));
      const taken = counts.drain();
      expect(taken?.summaries).toEqual(summaries);
      expect(taken?.immediateEvents).toEqual([]);
      expect(counts.drain()).toBeNull();
      expect(taken?.deltas).toContainEqual([`signal_manager_errors_total{code="${code}"}`, 2]);
    },
  );

  it.each([
    [101, {}],
    [401, { "client.auth_failed": 1 }],
    [429, { rate_limited: 1 }],
    [503, {}],
  ])("counts upgrades that were answered %i", (status, summaries) => {
    const counts = stats();
    counts.answered(status);
    expect(counts.drain()).toMatchObject({
      deltas: [[`signal_manager_upgrades_total{status="${status}"}`, 1]],
      summaries,
    });
  });
});
