/** The model of the cost: its arithmetic on numbers that can be checked by hand, and what docs/cost.md says. */
import { describe, expect, it } from "vitest";
import { callsASecond, EVENTS_A_SECOND, hubsFor } from "../../bench/cost/capacity.ts";
import { looksADay } from "../../bench/cost/looks.ts";
import {
  BATCHED,
  callsMonth,
  crossing,
  idleMonth,
  isPossible,
  messagesOf,
  monthOf,
  sessionsMonth,
  SINGLE,
  wakesOf,
  type Call,
} from "../../bench/cost/model.ts";
import { METERS, PRICES } from "../../bench/cost/prices.ts";
import { service, TABLES } from "../../bench/cost/tables.ts";
import { listPrice, metered, monthlyBill, sum, times, usage } from "../../bench/cost/usage.ts";
import { STEPS, type Step } from "../../bench/cost/writes.ts";
import { fillMarks } from "../../scripts/docs-tables.ts";
import { readOwn } from "../support/own-settings.ts";

const MONTH = 30 * 86_400;
/** One sweep in a minute: the most there are. */
const SWEEPS = MONTH / 60;
/** Of one device alone: every 90 s, then after half of the day so far, then each hour. */
const LOOKS = 30 * looksADay(30_000);

function idleHub(devices: number) {
  return idleMonth({ devices, hubs: 1, keepAlive: "ping" });
}

function calls(hubs: 1 | 7 | "per-client", call: Call) {
  return callsMonth({ devices: 5000, hubs, calls: 1e6, call });
}

function sessions(publishes: boolean) {
  return sessionsMonth({ devices: 10, hubs: 1, sessions: 100, publishes });
}

function rowsOf({ hubRows, hubAlarmRows, ledgerRows }: Step): number {
  return hubRows + hubAlarmRows + ledgerRows;
}

describe("a bill", () => {
  it("takes each meter at its price, twenty messages as one request", () => {
    const used = usage({ messages: 20e6, upgrades: 1e6, rpcs: 1e6, alarms: 1e6, rowsWritten: 3e6 });
    const { lines, total, largest } = listPrice(used);
    expect(lines.durableRequests).toBeCloseTo(4 * 0.15);
    expect(lines.workerRequests).toBeCloseTo(0.3);
    expect(lines.rowsWritten).toBeCloseTo(3);
    expect(total).toBeCloseTo(METERS.reduce((all, meter) => all + lines[meter], 0));
    expect(largest).toBe("rowsWritten");
  });

  it("bills an object that never sleeps what Cloudflare's page says: 331,776 GB-s, $4.15 at list price", () => {
    const always = usage({ activeSeconds: MONTH });
    expect(metered(always).gigabyteSeconds).toBe(331_776);
    expect(listPrice(always).total).toBeCloseTo(4.147, 3);
    expect(monthlyBill(always).total).toBe(5);
  });

  it("costs the subscription until the included amounts are used up, and then only what is above them", () => {
    expect(monthlyBill(usage({}))).toMatchObject({ total: 5, largest: null });
    expect(monthlyBill(usage({ rowsWritten: PRICES.rowsWritten.included })).total).toBe(5);
    expect(monthlyBill(usage({ rowsWritten: 51e6 })).total).toBeCloseTo(6);
  });

  it("adds and multiplies usages field by field", () => {
    const one = usage({ alarms: 1, rowsRead: 2 });
    expect(sum(one, times(2, one))).toEqual(usage({ alarms: 3, rowsRead: 6 }));
  });
});

describe("idle devices", () => {
  it("that send `ping` cost a hub its sweeps, however many they are, and no message", () => {
    expect(idleHub(1000)).toMatchObject({
      messages: 0,
      rpcs: 0,
      upgrades: 0,
      alarms: SWEEPS,
      rowsWritten: SWEEPS * STEPS.sweep.hubAlarmRows,
    });
    expect(idleHub(5000).rowsWritten).toBe(idleHub(1000).rowsWritten);
    expect(idleHub(1).alarms).toBe(LOOKS);
    // Of the wake's count, and of the sweep's own walk.
    expect(idleHub(1000).rowsRead).toBe(SWEEPS * (1002 + 1000));
  });

  it("cost as many sweeps as there are hubs: with one for each client, as many as there are devices", () => {
    const perClient = idleMonth({ devices: 1000, hubs: "per-client", keepAlive: "ping" });
    expect(perClient.alarms).toBe(1000 * LOOKS);
    expect(looksADay(30_000)).toBeGreaterThan(24);
    expect(looksADay(30_000)).toBeLessThan(40);
    expect(idleMonth({ devices: 1000, hubs: 7, keepAlive: "ping" }).alarms).toBe(7 * SWEEPS);
  });

  it("that send HEARTBEAT are messages, and keep a hub reporting each five seconds, never more often", () => {
    const beating = idleMonth({ devices: 5000, hubs: 1, keepAlive: "HEARTBEAT" });
    expect(beating.messages).toBe((5000 * MONTH) / 30);
    expect(beating.alarms).toBe(MONTH / 5);
    expect(beating.rpcs).toBe(MONTH / 5);
    // A hub of one client wakes, sets its alarm, reports, and sets its alarm again: each time.
    const alone = idleMonth({ devices: 1, hubs: "per-client", keepAlive: "HEARTBEAT" });
    expect(alone.rowsWritten).toBe((MONTH / 30) * 4);
  });

  it("are not asked of a hub that cannot hold them", () => {
    expect(isPossible({ devices: 32_768, hubs: 1 })).toBe(true);
    expect(isPossible({ devices: 32_769, hubs: 1 })).toBe(false);
    expect(isPossible({ devices: 1e6, hubs: "per-client" })).toBe(true);
  });
});

describe("call set-ups", () => {
  it("are an offer, an answer and the candidates of both sides, as few messages as batches make them", () => {
    expect(messagesOf(SINGLE)).toBe(22);
    expect(messagesOf(BATCHED)).toBe(4);
    expect(messagesOf({ candidates: 10, candidatesAMessage: 4 })).toBe(8);
  });

  it("in one hub are messages and no RPC but the reports", () => {
    expect(calls(1, SINGLE).messages).toBe(22e6);
    expect(calls(1, SINGLE).rpcs).toBe(calls(1, BATCHED).rpcs);
    expect(calls(1, SINGLE).rpcs).toBeLessThanOrEqual(MONTH / 5);
  });

  it("across hubs are one RPC a message that crosses: six of seven, or all", () => {
    expect(crossing(1)).toBe(0);
    expect(crossing(7)).toBeCloseTo(6 / 7);
    expect(crossing("per-client")).toBe(1);
    const reports = calls(7, SINGLE).rpcs - calls(7, BATCHED).rpcs;
    expect(reports).toBeCloseTo((18e6 * 6) / 7);
    expect(calls("per-client", BATCHED).rpcs).toBe(4e6 + 2e6);
  });

  it("write two rows and two more in the Ledger for each hub that hears of them, however many signals they are", () => {
    expect(calls("per-client", SINGLE).rowsWritten).toBe(1e6 * 2 * 4);
    expect(calls("per-client", BATCHED).rowsWritten).toBe(1e6 * 2 * 4);
  });
});

describe("sessions", () => {
  it("write what their beginning and their end write, and each event that is published three rows and an alarm", () => {
    const { connect, end } = STEPS;
    // The Worker's counts, two rows; the sweep after the connect, one.
    expect(sessions(false).rowsWritten).toBe(100 * (rowsOf(connect) + rowsOf(end) + 2 + 1));
    expect(sessions(true).rowsWritten - sessions(false).rowsWritten).toBe(200 * 4);
    expect(sessions(false).upgrades).toBe(100);
  });
});

it("a month is its parts", () => {
  const load = service(1000, 7, BATCHED);
  expect(monthOf(load)).toEqual(sum(idleMonth(load), sessionsMonth(load), callsMonth(load)));
});

it("an object that is asked rarely sleeps each time, one that is asked always never", () => {
  expect(wakesOf(100)).toBeCloseTo(100, 0);
  expect(wakesOf(MONTH * 10)).toBeCloseTo(0);
});

describe("capacity", () => {
  it("is a hub's events, shared by a call's messages; those that cross are events in two hubs", () => {
    expect(callsASecond(1, SINGLE)).toBeCloseTo(EVENTS_A_SECOND / 22);
    expect(callsASecond(2, SINGLE)).toBeCloseTo((2 * EVENTS_A_SECOND) / (22 * 1.5));
  });

  it("says how many hubs a service wants, by its devices or by its calls", () => {
    expect(hubsFor(1000, 1, BATCHED)).toBe(1);
    expect(hubsFor(20_000, 1, BATCHED)).toBe(4);
    const many = hubsFor(1000, 1000, SINGLE);
    expect(callsASecond(many, SINGLE)).toBeGreaterThanOrEqual(1000);
    expect(callsASecond(many - 1, SINGLE)).toBeLessThan(1000);
  });
});

describe("docs/cost.md", () => {
  const document = readOwn("docs/cost.md");

  it("says what the model says (`npm run cost` writes it)", () => {
    expect(document).toBe(fillMarks(document, TABLES));
  });

  it("shows every table, each with as many cells in every row", () => {
    const names = Array.from(document.matchAll(/<!-- table: (.+) -->/g), ([, name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(TABLES).toSorted());
    for (const rows of Object.values(TABLES)) {
      expect(new Set(rows().map((row) => row.length)).size).toBe(1);
    }
  });
});
