/** What a hub, or the Worker, makes of what happens between two reports. */
import { describe, expect, it } from "vitest";
import { MAX_TOLD_PAIRS, HubStats, type HubStatsSettings } from "../../src/ledger/hub-stats.ts";
import type { Fault } from "../../src/protocol/errors.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { clientId } from "../support/client-ids.ts";

const OFFER = MESSAGE_TYPES.SIGNAL_OFFER.value;

function book(settings: Partial<HubStatsSettings> = {}): HubStats {
  return new HubStats({ counts: true, tellsDelivered: false, isHub: false, ...settings });
}

function signal(target = "bob", source = "alice") {
  return { source: clientId(source), target: clientId(target), messageType: OFFER };
}

function undelivered(target = "bob", code: 404 | 500 | 503 = 404) {
  return { event: "signal.undelivered", code, ...signal(target) } as const;
}

function refused(fault: Fault, code: number) {
  // What a frame was is not counted.
  return { event: "frame.refused", fault, code } as unknown as Parameters<HubStats["observe"]>[0];
}

const DELIVERED = {
  source_client_id: "alice",
  target_client_id: "bob",
  message_type: "SIGNAL_OFFER",
};

describe("a book", () => {
  it("is empty until something is counted, and again when that was taken", () => {
    const counts = book();
    expect([counts.isEmpty, counts.take()]).toEqual([true, null]);
    counts.received(OFFER, 100);
    expect([counts.isEmpty, counts.hasOccasions]).toEqual([false, false]);
    const taken = counts.take();
    expect(taken).toMatchObject({ summaries: {}, occasions: [] });
    expect(Object.fromEntries(taken?.deltas ?? [])).toMatchObject({
      'signal_manager_messages_total{type="signal_offer"}': 1,
      signal_manager_frame_bytes_sum: 100,
      signal_manager_frame_bytes_count: 1,
    });
    expect([counts.isEmpty, counts.take()]).toEqual([true, null]);
  });

  it("counts a type that nobody knows, and every byte is one", () => {
    const counts = book();
    for (let type = 0; type < 256; type += 1) counts.received(type, 21);
    const deltas = counts.take()?.deltas ?? [];
    const sum = deltas
      .filter(([key]) => key.startsWith("signal_manager_messages_total"))
      .reduce((all, [, value]) => all + value, 0);
    expect(sum).toBe(256);
    const known = Object.keys(MESSAGE_TYPES).length;
    expect(deltas).toContainEqual(['signal_manager_messages_total{type="unknown"}', 256 - known]);
  });

  it("of a hub counts its wake with the first tally, and a wake alone is none", () => {
    const counts = book({ isHub: true });
    expect([counts.isEmpty, counts.take()]).toEqual([true, null]);
    const wakes = () =>
      Object.fromEntries(counts.take()?.deltas ?? [])["signal_manager_hub_wakes_total"];
    counts.received(OFFER, 1);
    expect(wakes()).toBe(1);
    counts.received(OFFER, 1);
    expect(wakes()).toBeUndefined();
    const worker = book();
    worker.received(OFFER, 1);
    expect(Object.fromEntries(worker.take()?.deltas ?? [])).not.toHaveProperty(
      "signal_manager_hub_wakes_total",
    );
  });

  it("that does not count tells its occasions and its strangers all the same", () => {
    const counts = book({ counts: false, isHub: true });
    counts.received(OFFER, 1);
    counts.routed(signal());
    expect([counts.isEmpty, counts.take()]).toEqual([true, null]);
    counts.observe(undelivered());
    counts.observe(refused("auth.invalid", 401));
    expect(counts.take()).toEqual({
      deltas: [],
      summaries: { "client.auth_failed": 1 },
      occasions: [
        { type: "signal.undelivered", data: { ...DELIVERED, error_code: 404, count: 1 } },
      ],
    });
  });
});

describe("signals", () => {
  it("[ER4] that a hub with a wrong configuration could not deliver are counted, too", () => {
    const counts = book();
    counts.observe(undelivered("bob", 500));
    const series = 'signal_manager_signals_undelivered_total{code="500"}';
    expect(counts.take()?.deltas).toContainEqual([series, 1]);
  });

  it("that were undelivered are told by pair, type and code, with their number", () => {
    const counts = book();
    for (const event of [undelivered(), undelivered(), undelivered("bob", 503)]) {
      counts.observe(event);
    }
    counts.observe(undelivered("carol"));
    expect(counts.hasOccasions).toBe(true);
    const taken = counts.take();
    expect(taken?.occasions.map(({ data }) => data)).toEqual([
      { ...DELIVERED, error_code: 404, count: 2 },
      { ...DELIVERED, error_code: 503, count: 1 },
      { ...DELIVERED, target_client_id: "carol", error_code: 404, count: 1 },
    ]);
    expect(taken?.deltas).toContainEqual([
      'signal_manager_signals_undelivered_total{code="404"}',
      3,
    ]);
    expect(counts.hasOccasions).toBe(false);
  });

  it("that were delivered are counted, and told only where that is asked for", () => {
    const [quiet, telling] = [book(), book({ tellsDelivered: true })];
    for (const counts of [quiet, telling]) {
      counts.routed(signal());
      counts.routed(signal());
    }
    expect(quiet.take()).toMatchObject({
      deltas: [['signal_manager_signals_routed_total{type="signal_offer"}', 2]],
      occasions: [],
    });
    expect(telling.take()?.occasions).toEqual([
      { type: "signal.delivered", data: { ...DELIVERED, count: 2 } },
    ]);
  });

  it("to a crowd are told without their target, and none is left out", () => {
    const counts = book();
    for (let at = 0; at < MAX_TOLD_PAIRS + 500; at += 1) counts.observe(undelivered(`b-${at}`));
    const occasions = counts.take()?.occasions ?? [];
    expect(occasions).toHaveLength(MAX_TOLD_PAIRS + 1);
    expect(occasions.at(-1)?.data).toMatchObject({ target_client_id: null, count: 500 });
  });

  it("of clients whose ids hold what parts others are kept apart", () => {
    const counts = book({ tellsDelivered: true });
    counts.routed(signal('b",null,"', "a"));
    counts.routed(signal("b", 'a","b",null,"'));
    expect(counts.take()?.occasions).toHaveLength(2);
  });
});

describe("strangers", () => {
  it.each([
    ["auth.invalid", 401, { "client.auth_failed": 2 }],
    ["rate.exceeded", 429, { rate_limited: 2 }],
    ["frame.start-byte", 400, {}],
  ] as const)("who are refused are numbers: %s", (fault, code, summaries) => {
    const counts = book();
    for (let at = 0; at < 2; at += 1) counts.observe(refused(fault, code));
    const taken = counts.take();
    expect(taken?.summaries).toEqual(summaries);
    expect(taken?.occasions).toEqual([]);
    expect(counts.take()).toBeNull();
    expect(taken?.deltas).toContainEqual([`signal_manager_errors_total{code="${code}"}`, 2]);
  });

  it.each([
    [101, {}],
    [401, { "client.auth_failed": 1 }],
    [429, { rate_limited: 1 }],
    [503, {}],
  ])("at the door are numbers, too, by the answer: %i", (status, summaries) => {
    const counts = book();
    counts.answered(status);
    expect(counts.take()).toMatchObject({
      deltas: [[`signal_manager_upgrades_total{outcome="${status}"}`, 1]],
      summaries,
    });
  });
});
