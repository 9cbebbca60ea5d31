/** The model of the cost: its arithmetic on numbers that can be checked by hand, and the tables of docs/cost.md. */
import { describe, expect, it } from "vitest";
import { callsPerSecond, EVENTS_PER_SECOND, hubsFor } from "../../bench/cost/capacity.ts";
import { sweepsPerDay } from "../../bench/cost/sweeps.ts";
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
/** One sweep per minute: the most that a hub makes. */
const SWEEPS = MONTH / 60;
/** For one device alone: after 90 s, then after half of the day so far, then every hour. */
const SWEEPS_OF_ONE = 30 * sweepsPerDay(30_000);

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
  it("charges each meter at its price, and twenty messages as one request", () => {
    const used = usage({ messages: 20e6, upgrades: 1e6, rpcs: 1e6, alarms: 1e6, rowsWritten: 3e6 });
    const { lines, total, largest } = listPrice(used);
    expect(lines.durableRequests).toBeCloseTo(4 * 0.15);
    expect(lines.workerRequests).toBeCloseTo(0.3);
    expect(lines.rowsWritten).toBeCloseTo(3);
    expect(total).toBeCloseTo(METERS.reduce((all, meter) => all + lines[meter], 0));
    expect(largest).toBe("rowsWritten");
  });

  it("charges an object that never sleeps what Cloudflare's page says: 331,776 GB-s, $4.15 at list price", () => {
    const always = usage({ activeSeconds: MONTH });
    expect(metered(always).gigabyteSeconds).toBe(331_776);
    expect(listPrice(always).total).toBeCloseTo(4.147, 3);
    expect(monthlyBill(always).total).toBe(5);
  });

  it("is the subscription until the included amounts are used up, and then grows by what exceeds them", () => {
    expect(monthlyBill(usage({}))).toMatchObject({ total: 5, largest: null });
    expect(monthlyBill(usage({ rowsWritten: PRICES.rowsWritten.included })).total).toBe(5);
    expect(monthlyBill(usage({ rowsWritten: 51e6 })).total).toBeCloseTo(6);
  });

  it("rests on usages that are added and multiplied field by field", () => {
    const one = usage({ alarms: 1, rowsRead: 2 });
    expect(sum(one, times(2, one))).toEqual(usage({ alarms: 3, rowsRead: 6 }));
  });
});

describe("a month of idle devices", () => {
  it("consists of the hub's sweeps, whatever the number of devices, when they send `ping`", () => {
    expect(idleHub(1000)).toMatchObject({
      messages: 0,
      rpcs: 0,
      upgrades: 0,
      alarms: SWEEPS,
      rowsWritten: SWEEPS * STEPS.sweep.hubAlarmRows,
    });
    expect(idleHub(5000).rowsWritten).toBe(idleHub(1000).rowsWritten);
    expect(idleHub(1).alarms).toBe(SWEEPS_OF_ONE);
    // The wake counts the sessions, and the sweep walks over them.
    expect(idleHub(1000).rowsRead).toBe(SWEEPS * (1002 + 1000));
  });

  it("has the sweeps of each hub, and so of each device where every client has a hub", () => {
    const perClient = idleMonth({ devices: 1000, hubs: "per-client", keepAlive: "ping" });
    expect(perClient.alarms).toBe(1000 * SWEEPS_OF_ONE);
    expect(sweepsPerDay(30_000)).toBeGreaterThan(24);
    expect(sweepsPerDay(30_000)).toBeLessThan(40);
    expect(idleMonth({ devices: 1000, hubs: 7, keepAlive: "ping" }).alarms).toBe(7 * SWEEPS);
  });

  it("has a message per HEARTBEAT, and a report at most every five seconds", () => {
    const beating = idleMonth({ devices: 5000, hubs: 1, keepAlive: "HEARTBEAT" });
    expect(beating.messages).toBe((5000 * MONTH) / 30);
    expect(beating.alarms).toBe(MONTH / 5);
    expect(beating.rpcs).toBe(MONTH / 5);
    // A hub with a single client wakes each time, sets its alarm, reports, and sets its alarm again.
    const alone = idleMonth({ devices: 1, hubs: "per-client", keepAlive: "HEARTBEAT" });
    expect(alone.rowsWritten).toBe((MONTH / 30) * 4);
  });

  it("is not possible above the sockets that a hub can hold", () => {
    expect(isPossible({ devices: 32_768, hubs: 1 })).toBe(true);
    expect(isPossible({ devices: 32_769, hubs: 1 })).toBe(false);
    expect(isPossible({ devices: 1e6, hubs: "per-client" })).toBe(true);
  });
});

describe("a call set-up", () => {
  it("is an offer, an answer and the candidates of both sides, in fewer messages where candidates travel in batches", () => {
    expect(messagesOf(SINGLE)).toBe(22);
    expect(messagesOf(BATCHED)).toBe(4);
    expect(messagesOf({ candidates: 10, candidatesPerMessage: 4 })).toBe(8);
  });

  it("needs no RPC in one hub except the reports", () => {
    expect(calls(1, SINGLE).messages).toBe(22e6);
    expect(calls(1, SINGLE).rpcs).toBe(calls(1, BATCHED).rpcs);
    expect(calls(1, SINGLE).rpcs).toBeLessThanOrEqual(MONTH / 5);
  });

  it("needs one RPC per message that crosses hubs: six of seven messages, or all", () => {
    expect(crossing(1)).toBe(0);
    expect(crossing(7)).toBeCloseTo(6 / 7);
    expect(crossing("per-client")).toBe(1);
    const reports = calls(7, SINGLE).rpcs - calls(7, BATCHED).rpcs;
    expect(reports).toBeCloseTo((18e6 * 6) / 7);
    expect(calls("per-client", BATCHED).rpcs).toBe(4e6 + 2e6);
  });

  it("writes two rows in each of its hubs and two in the Ledger for each of them, whatever the number of signals", () => {
    expect(calls("per-client", SINGLE).rowsWritten).toBe(1e6 * 2 * 4);
    expect(calls("per-client", BATCHED).rowsWritten).toBe(1e6 * 2 * 4);
  });
});

describe("a session", () => {
  it("writes the rows of its beginning and its end, and three rows and an alarm per event that is published", () => {
    const { connect, end } = STEPS;
    // The Worker's counts are two rows, and the sweep after the connect is one.
    expect(sessions(false).rowsWritten).toBe(100 * (rowsOf(connect) + rowsOf(end) + 2 + 1));
    expect(sessions(true).rowsWritten - sessions(false).rowsWritten).toBe(200 * 4);
    expect(sessions(false).upgrades).toBe(100);
  });
});

it("The month of a service is the sum of its parts", () => {
  const load = service(1000, 7, BATCHED);
  expect(monthOf(load)).toEqual(sum(idleMonth(load), sessionsMonth(load), callsMonth(load)));
});

it("An object sleeps before each of a few events, and before none of very many", () => {
  expect(wakesOf(100)).toBeCloseTo(100, 0);
  expect(wakesOf(MONTH * 10)).toBeCloseTo(0);
});

describe("the capacity", () => {
  it("is a hub's events divided by a call's messages, of which those that cross are events in two hubs", () => {
    expect(callsPerSecond(1, SINGLE)).toBeCloseTo(EVENTS_PER_SECOND / 22);
    expect(callsPerSecond(2, SINGLE)).toBeCloseTo((2 * EVENTS_PER_SECOND) / (22 * 1.5));
  });

  it("gives the number of hubs that a service needs for its devices and its calls", () => {
    expect(hubsFor(1000, 1, BATCHED)).toBe(1);
    expect(hubsFor(20_000, 1, BATCHED)).toBe(4);
    const many = hubsFor(1000, 1000, SINGLE);
    expect(callsPerSecond(many, SINGLE)).toBeGreaterThanOrEqual(1000);
    expect(callsPerSecond(many - 1, SINGLE)).toBeLessThan(1000);
  });
});

describe("docs/cost.md", () => {
  const document = readOwn("docs/cost.md");

  it("shows the model's tables (`npm run docs` writes them)", () => {
    expect(document).toBe(fillMarks(document, TABLES));
  });

  it("shows every table, and each table has equally many cells in every row", () => {
    const names = Array.from(document.matchAll(/<!-- table: (.+) -->/g), ([, name]) => name);
    expect(names.toSorted()).toEqual(Object.keys(TABLES).toSorted());
    for (const rows of Object.values(TABLES)) {
      expect(new Set(rows().map((row) => row.length)).size).toBe(1);
    }
  });
});
