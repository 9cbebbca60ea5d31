/** The tables of docs/cost.md by name. Pure. */
import { callsPerSecond, hubsFor, hubsLabel } from "./capacity.ts";
import {
  ASSUMED,
  BATCHED,
  callsMonth,
  DEVICES_PER_HUB,
  hubCount,
  idleMonth,
  isPossible,
  MAX_SOCKETS,
  messagesOf,
  MONTH_SECONDS,
  monthOf,
  sessionsMonth,
  SINGLE,
  type Call,
  type Hubs,
  type Load,
} from "./model.ts";
import { count, dollars } from "../tables.ts";
import { METERS, PRICES, GIGABYTES_PER_OBJECT } from "./prices.ts";
import { listPrice, metered, monthlyBill, type Bill } from "./usage.ts";
import {
  EMPTY_HUB_BYTES,
  NEW_HUB_ROWS,
  PUBLISH_ALARM_ROWS,
  PUBLISH_ROWS,
  STEPS,
} from "./writes.ts";

const FLEETS = [1000, 100_000, 1_000_000];
const MILLION = 1_000_000;

/** An example of a service: each device reconnects once per day and takes part in two calls per day. */
const DAYS = 30;
const SESSIONS_PER_DAY = 1;
const CALLS_PER_DAY = 2;

/** Call set-ups in the busiest second. */
const PEAKS = [10, 100, 1000];

type Table = readonly (readonly string[])[];

export const TABLES: Readonly<Record<string, () => Table>> = {
  prices: () => [
    ["what", "price", "included per month", "page"],
    ...METERS.map((meter) => {
      const { label, dollars: price, per, included, source } = PRICES[meter];
      const unit = per === 1 ? "" : ` / ${count(per)}`;
      return [label, `$${price}${unit}`, count(included), source];
    }),
  ],
  writes: () => [
    [
      "step",
      "rows in the hub",
      "of these its alarm",
      "rows in the Ledger",
      "reports (RPC)",
      "what is written",
    ],
    ...Object.entries(STEPS).map(([name, step]) => [
      name,
      String(step.hubRows + step.hubAlarmRows),
      String(step.hubAlarmRows),
      String(step.ledgerRows),
      String(step.reports),
      step.why,
    ]),
    [
      "event to Pub/Sub",
      "0",
      "0",
      String(PUBLISH_ROWS),
      "0",
      `written, deleted and counted; and ${PUBLISH_ALARM_ROWS} for the Ledger's alarm if none is set`,
    ],
    [
      "a hub's first start",
      String(NEW_HUB_ROWS),
      "0",
      "0",
      "0",
      `the hub's tables, at most; ${count(EMPTY_HUB_BYTES)} bytes stay stored`,
    ],
  ],
  assumptions: () => [
    ["assumed", "value"],
    ["handling one message", `${ASSUMED.messageSeconds * 1000} ms`],
    ["a start from hibernation", `${ASSUMED.wakeSeconds * 1000} ms`],
    ["a sweep, per connection", `${ASSUMED.sweepSecondsPerConnection * 1e6} us`],
    ["a call from object to object and back", `${ASSUMED.rpcSeconds * 1000} ms`],
  ],
  idle: () => [
    [
      "devices",
      "hubs",
      "keep-alive",
      "month",
      "largest part",
      "duration alone, if no hub ever slept",
    ],
    ...FLEETS.flatMap((devices) =>
      placementsOf(devices).flatMap((hubs) =>
        (["ping", "HEARTBEAT"] as const).map((keepAlive) => {
          const load = { devices, hubs, keepAlive };
          const head = [count(devices), hubsLabel(hubs), `\`${keepAlive}\``];
          if (!isPossible(load))
            return [...head, "not possible", `${count(MAX_SOCKETS)} sockets per hub`, "-"];
          return [...head, ...shown(monthlyBill(idleMonth(load))), dollars(ceiling(load))];
        }),
      ),
    ),
  ],
  calls: () => [
    [
      "hubs",
      "candidates per message",
      "messages per call",
      "a million call set-ups",
      "largest part",
      "of which RPC between hubs",
    ],
    ...([1, 7, 20, "per-client"] as const).flatMap((hubs) =>
      [SINGLE, BATCHED].map((call) => {
        const load = { devices: SOME_DEVICES, hubs, calls: MILLION, call };
        const used = callsMonth(load);
        const crossings =
          hubs === 1 ? 0 : messagesOf(call) * MILLION * (hubs === "per-client" ? 1 : 1 - 1 / hubs);
        return [
          hubsLabel(hubs),
          String(call.candidatesPerMessage),
          String(messagesOf(call)),
          ...shown(listPrice(used)),
          dollars((crossings * PRICES.durableRequests.dollars) / PRICES.durableRequests.per),
        ];
      }),
    ),
  ],
  sessions: () => [
    [
      "hubs",
      "events",
      "a million sessions",
      "largest part",
      "rows written per session",
      "requests per session",
    ],
    ...([7, "per-client"] as const).flatMap((hubs) =>
      [false, true].map((publishes) => {
        const used = sessionsMonth({
          devices: SOME_DEVICES,
          hubs,
          sessions: MILLION,
          publishes,
        });
        const { durableRequests, rowsWritten } = metered(used);
        return [
          hubsLabel(hubs),
          publishes ? "to Pub/Sub" : "to the log",
          ...shown(listPrice(used)),
          (rowsWritten / MILLION).toFixed(1),
          (durableRequests / MILLION).toFixed(1),
        ];
      }),
    ),
  ],
  months: () => [
    [
      "devices",
      "hubs",
      "candidates per message",
      "month",
      "largest part",
      ...SHOWN_METERS.map((meter) => PRICES[meter].label),
    ],
    ...FLEETS.flatMap((devices) =>
      placementsOf(devices)
        .filter((hubs) => isPossible({ devices, hubs }))
        .flatMap((hubs) =>
          [SINGLE, BATCHED].map((call) => {
            const bill = monthlyBill(monthOf(service(devices, hubs, call)));
            return [
              count(devices),
              hubsLabel(hubs),
              String(call.candidatesPerMessage),
              ...shown(bill),
              ...SHOWN_METERS.map((meter) => dollars(bill.lines[meter])),
            ];
          }),
        ),
    ),
  ],
  capacity: () => [
    ["hubs", "call set-ups per second, candidates one by one", "in batches", "devices at rest"],
    ...[1, 2, 7, 20, 200].map((hubs) => [
      hubsLabel(hubs),
      count(Math.floor(callsPerSecond(hubs, SINGLE))),
      count(Math.floor(callsPerSecond(hubs, BATCHED))),
      count(hubs * DEVICES_PER_HUB),
    ]),
  ],
  recommendation: () => [
    ["connected at once", ...PEAKS.map((calls) => `${count(calls)} call set-ups per second`)],
    ...[1000, 5000, 20_000, 100_000, 1_000_000].map((devices) => [
      count(devices),
      ...PEAKS.map((calls) => String(hubsFor(devices, calls, BATCHED))),
    ]),
  ],
};

/** The other meters come to a few dollars at most. */
const SHOWN_METERS = ["durableRequests", "gigabyteSeconds", "rowsWritten", "rowsRead"] as const;

/** The devices among which a million calls or sessions happen. They decide how often hubs and Ledger sleep. */
const SOME_DEVICES = 5000;

function placementsOf(devices: number): Hubs[] {
  const hubs = devices / DEVICES_PER_HUB;
  return [1, Math.max(7, Math.ceil(hubs)), "per-client"];
}

export function service(devices: number, hubs: Hubs, call: Call): Load {
  return {
    devices,
    hubs,
    keepAlive: "ping",
    sessions: devices * SESSIONS_PER_DAY * DAYS,
    // Two devices take part in a call.
    calls: (devices * CALLS_PER_DAY * DAYS) / 2,
    call,
    publishes: false,
  };
}

/** All hubs active all month: their duration cannot cost more than this. */
function ceiling(load: Pick<Load, "devices" | "hubs">): number {
  const { dollars: price, per } = PRICES.gigabyteSeconds;
  return (hubCount(load) * MONTH_SECONDS * GIGABYTES_PER_OBJECT * price) / per;
}

function shown({ total, largest }: Bill): [total: string, largest: string] {
  return [dollars(total), largest === null ? "the subscription" : PRICES[largest].label];
}
