/** The model of a month: what idle devices, sessions and calls make the objects do. Pure. */
import { HEARTBEATS_MISSED } from "../../src/protocol/limits.ts";
import { sweepsPerDay } from "./sweeps.ts";
import { sum, times, usage, type Usage } from "./usage.ts";
import {
  EMPTY_HUB_BYTES,
  NEW_HUB_ROWS,
  PUBLISH_ALARM_ROWS,
  PUBLISH_ROWS,
  rowsReadBySweep,
  rowsReadByWake,
  STEPS,
  type Step,
} from "./writes.ts";

const MONTH_DAYS = 30;

export const MONTH_SECONDS = MONTH_DAYS * 86_400;

/** The default of server.heartbeat_interval. */
export const HEARTBEAT_SECONDS = 30;

/** A hub reports its counts this long after the first of them (`REPORT_COUNTS_MS`). */
export const REPORT_SECONDS = 5;

/** The platform puts a hub to sleep when it gets no event for this long. */
const SLEEP_SECONDS = 10;

/** How many hubs there are: a number, or one per client id. */
export type Hubs = number | "per-client";

/** Assumptions: nobody has measured them on Cloudflare's network for this project. They change the duration only. */
export const ASSUMED = {
  /** Handling one message. On workerd we measured 0.06 ms of CPU time. */
  messageSeconds: 0.001,
  /** The start of an object from hibernation, with its first queries. */
  wakeSeconds: 0.01,
  /** One sweep, per connection. */
  sweepSecondsPerConnection: 0.00001,
  /** A call to another object and back. The caller is billed while it waits, and the callee while it works. */
  rpcSeconds: 0.01,
} as const;

/** Sockets that a hub holds with ease. The platform's limit is below. */
export const DEVICES_PER_HUB = 5000;

export const MAX_SOCKETS = 32_768;

export interface Load {
  readonly devices: number;
  readonly hubs: Hubs;
  /** `ping` is the text that the platform answers; `HEARTBEAT` is the frame that wakes the hub. */
  readonly keepAlive: "ping" | "HEARTBEAT";
  /** Per month, all devices together. */
  readonly sessions: number;
  readonly calls: number;
  readonly call: Call;
  /** Whether events go to Pub/Sub. */
  readonly publishes: boolean;
}

/** One call set-up between two connected clients. */
export interface Call {
  /** From each side: one client sends the offer, the other the answer, and both send their candidates. */
  readonly candidates: number;
  /** Candidates that leave in one WebSocket message. */
  readonly candidatesPerMessage: number;
}

export const SINGLE: Call = { candidates: 10, candidatesPerMessage: 1 };
export const BATCHED: Call = { candidates: 10, candidatesPerMessage: 10 };

/** WebSocket messages of one call, from both clients together. */
export function messagesOf({ candidates, candidatesPerMessage }: Call): number {
  return 2 * (1 + Math.ceil(candidates / candidatesPerMessage));
}

/** The share of signals whose target lives in another hub, if clients are spread evenly. */
export function crossing(hubs: Hubs): number {
  return hubs === "per-client" ? 1 : 1 - 1 / hubs;
}

export function hubCount({ devices, hubs }: Pick<Load, "devices" | "hubs">): number {
  return hubs === "per-client" ? devices : hubs;
}

/** Whether every hub stays below the platform's limit of sockets. */
export function isPossible(load: Pick<Load, "devices" | "hubs">): boolean {
  return load.devices / hubCount(load) <= MAX_SOCKETS;
}

/** What the whole load uses in a month. */
export function monthOf(load: Load): Usage {
  return sum(idleMonth(load), sessionsMonth(load), callsMonth(load));
}

/** What devices that are connected and send only their keep-alive use in a month. */
export function idleMonth(load: Pick<Load, "devices" | "hubs" | "keepAlive">): Usage {
  const hubs = hubCount(load);
  const perHub = load.devices / hubs;
  const stored = usage({ storedBytes: hubs * EMPTY_HUB_BYTES });
  const beats = MONTH_SECONDS / HEARTBEAT_SECONDS;
  if (load.keepAlive === "ping") return sum(stored, times(hubs, idleHub(perHub)));
  const heard = usage({
    messages: load.devices * beats,
    activeSeconds: load.devices * beats * ASSUMED.messageSeconds,
  });
  const isAlone = HEARTBEAT_SECONDS / perHub > SLEEP_SECONDS;
  const wakes = isAlone ? perHub * beats : 0;
  return sum(stored, heard, times(hubs, rounds({ heard: perHub * beats, wakes }, perHub)));
}

/** A hub walks over its sessions at most this often in a month: one that was just heard cannot be overdue any sooner. */
const MAX_WALKS = MONTH_SECONDS / ((HEARTBEATS_MISSED - 1) * HEARTBEAT_SECONDS);

/**
 * A hub whose devices connect once a day and send `ping` wakes for its sweeps alone. For a single device the sweeps become
 * rarer through the day. Among many devices, each at another hour of its day, one is always due, so the hub sweeps as
 * often as the rule allows.
 */
function idleHub(devices: number): Usage {
  const sweeps = atMost(devices * MONTH_DAYS * sweepsPerDay(HEARTBEAT_SECONDS * 1000), MAX_WALKS);
  return times(sweeps, sum(wake(devices), sweepOf(devices, STEPS.sweep)));
}

/** What the beginnings and ends of sessions use. In a quiet hub each session has alarms of its own; in a busy hub they share them. */
export function sessionsMonth(
  load: Pick<Load, "devices" | "hubs" | "sessions" | "publishes">,
): Usage {
  const hubs = hubCount(load);
  const perHub = load.devices / hubs;
  const { connect, afterConnect, end } = STEPS;
  const { sessions } = load;
  const alarmed = hubs * atMost(sessions / hubs, MONTH_SECONDS / SLEEP_SECONDS);
  const events = 2 * sessions;
  return sum(
    usage({
      upgrades: sessions,
      // CONNECT and DISCONNECT.
      messages: 2 * sessions,
      // An isolate reports the Worker's counts to the Ledger at most once per second: this is an upper bound.
      rpcs: sessions * (connect.reports + end.reports) + atMost(sessions, MONTH_SECONDS),
      rowsWritten:
        sessions * (connect.hubRows + connect.ledgerRows + end.hubRows + end.ledgerRows) +
        alarmed * (connect.hubAlarmRows + end.hubAlarmRows) +
        2 * atMost(sessions, MONTH_SECONDS) +
        (load.publishes ? published(events) : 0),
      alarms: alarmed + (load.publishes ? quietPublishes(events) : 0),
      activeSeconds: sessions * (3 * ASSUMED.messageSeconds + 4 * ASSUMED.rpcSeconds),
    }),
    times(hubs * wakesOf(events / hubs), wake(perHub)),
    times(alarmed, sweepOf(perHub, afterConnect)),
    // A Ledger that wakes counts its sessions, which are those of all hubs if there is one Ledger.
    times(wakesOf(events), wake(load.devices)),
    load.hubs === "per-client" ? usage({ rowsWritten: newHubs(load) }) : usage({}),
  );
}

/** A client's own hub makes its tables once; later sessions of the client find them. */
function newHubs({ devices, sessions }: Pick<Load, "devices" | "sessions">): number {
  return atMost(devices, sessions) * NEW_HUB_ROWS;
}

function published(events: number): number {
  return events * PUBLISH_ROWS + quietPublishes(events) * PUBLISH_ALARM_ROWS;
}

/** Publishes that find no alarm set. A busy Ledger sets one every ten seconds. */
function quietPublishes(events: number): number {
  return atMost(events, MONTH_SECONDS / SLEEP_SECONDS);
}

/** What calls between connected clients use, spread evenly over the month and the hubs. */
export function callsMonth(load: Pick<Load, "devices" | "hubs" | "calls" | "call">): Usage {
  const { calls } = load;
  const hubs = hubCount(load);
  const messages = calls * messagesOf(load.call);
  const crossings = messages * crossing(load.hubs);
  // With several hubs a call usually keeps two of them busy.
  const heard = load.hubs === 1 ? calls : 2 * calls;
  return sum(
    usage({
      messages,
      rpcs: crossings,
      activeSeconds:
        messages * ASSUMED.messageSeconds +
        crossings * (ASSUMED.rpcSeconds + ASSUMED.messageSeconds),
    }),
    times(hubs, rounds({ heard: heard / hubs, wakes: wakesOf(heard / hubs) }, load.devices / hubs)),
    times(wakesOf(heard), wake(load.devices)),
  );
}

/**
 * What a hub uses besides the frames when it receives frames: an alarm five seconds later and a report of its counts. The
 * number of frames in between does not matter, so a hub that is always busy has one such round every five seconds. The
 * alarm walks over the sessions only after a wake, and when a sweep is due.
 */
function rounds(
  { heard, wakes }: { readonly heard: number; readonly wakes: number },
  devices: number,
): Usage {
  const count = atMost(heard, MONTH_SECONDS / REPORT_SECONDS);
  const { activity, afterActivity } = STEPS;
  const round = sum(
    usage({
      rowsWritten: activity.hubRows + activity.hubAlarmRows,
      activeSeconds: 2 * ASSUMED.rpcSeconds,
    }),
    alarmOf(afterActivity),
  );
  const walks = atMost(count, wakes + MAX_WALKS);
  return sum(times(count, round), times(walks, walkOf(devices)), times(wakes, wake(devices)));
}

/** How many of a month's events find their object asleep, if they come at random times. */
export function wakesOf(events: number): number {
  return events * Math.exp((-SLEEP_SECONDS * events) / MONTH_SECONDS);
}

/** An alarm that walks over every session, and its report if there is one. */
function sweepOf(devices: number, step: Step): Usage {
  return sum(alarmOf(step), walkOf(devices));
}

function alarmOf(step: Step): Usage {
  return usage({
    alarms: 1,
    rpcs: step.reports,
    rowsWritten: step.hubRows + step.hubAlarmRows + step.ledgerRows,
  });
}

function walkOf(devices: number): Usage {
  return usage({
    rowsRead: rowsReadBySweep(devices),
    activeSeconds: devices * ASSUMED.sweepSecondsPerConnection,
  });
}

function wake(devices: number): Usage {
  return usage({ rowsRead: rowsReadByWake(devices), activeSeconds: ASSUMED.wakeSeconds });
}

function atMost(count: number, limit: number): number {
  return Math.min(count, limit);
}
