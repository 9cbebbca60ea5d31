/** The model: what idle devices, sessions and calls make the objects do in a month. Pure. */
import { HEARTBEATS_MISSED } from "../../src/protocol/limits.ts";
import { looksADay } from "./looks.ts";
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

/** Counts are reported so long after the first of them (`REPORT_COUNTS_MS`). */
export const REPORT_SECONDS = 5;

/** A hub that hears nothing for so long is put to sleep. */
const SLEEP_SECONDS = 10;

/** How many hubs there are: one, a number, or one for each client id. */
export type Hubs = number | "per-client";

/** Guesses, said aloud: nobody has measured them on Cloudflare's network for this project. They only move the duration. */
export const ASSUMED = {
  /** A message, handled: 0.06 ms of CPU time where we measured, on workerd. */
  messageSeconds: 0.001,
  /** An object's start from hibernation, with its first queries. */
  wakeSeconds: 0.01,
  /** A sweep, for each connection. */
  sweepSecondsAConnection: 0.00001,
  /** A call to another object and back: the caller is billed while it waits, and the callee while it works. */
  rpcSeconds: 0.01,
} as const;

/** So many sockets are a comfortable hub; 32,768 are the platform's limit. */
export const DEVICES_A_HUB = 5000;

export const MAX_SOCKETS = 32_768;

export interface Load {
  readonly devices: number;
  readonly hubs: Hubs;
  /** `ping`: the text, which the platform answers. `HEARTBEAT`: the frame, which wakes the hub. */
  readonly keepAlive: "ping" | "HEARTBEAT";
  /** A month, all devices together. */
  readonly sessions: number;
  readonly calls: number;
  readonly call: Call;
  /** Whether events go to Pub/Sub. */
  readonly publishes: boolean;
}

/** One call set-up between two clients that are connected. */
export interface Call {
  /** From each side: one says the offer, the other the answer, and both their candidates. */
  readonly candidates: number;
  /** Candidates that leave in one WebSocket message. */
  readonly candidatesAMessage: number;
}

export const SINGLE: Call = { candidates: 10, candidatesAMessage: 1 };
export const BATCHED: Call = { candidates: 10, candidatesAMessage: 10 };

/** Messages from both clients together. */
export function messagesOf({ candidates, candidatesAMessage }: Call): number {
  return 2 * (1 + Math.ceil(candidates / candidatesAMessage));
}

/** The part of all signals whose target lives in another hub, if clients are spread evenly. */
export function crossing(hubs: Hubs): number {
  return hubs === "per-client" ? 1 : 1 - 1 / hubs;
}

export function hubCount({ devices, hubs }: Pick<Load, "devices" | "hubs">): number {
  return hubs === "per-client" ? devices : hubs;
}

/** Whether the platform takes so many sockets. */
export function isPossible(load: Pick<Load, "devices" | "hubs">): boolean {
  return load.devices / hubCount(load) <= MAX_SOCKETS;
}

/** All that a month of it uses. */
export function monthOf(load: Load): Usage {
  return sum(idleMonth(load), sessionsMonth(load), callsMonth(load));
}

/** Devices that are connected and say nothing. */
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
  const isSilent = HEARTBEAT_SECONDS / perHub > SLEEP_SECONDS;
  const wakes = isSilent ? perHub * beats : 0;
  return sum(stored, heard, times(hubs, rounds({ heard: perHub * beats, wakes }, perHub)));
}

/** A hub's in a month: who was heard of last time, at the latest one interval before, is not overdue any sooner. */
const MOST_LOOKS = MONTH_SECONDS / ((HEARTBEATS_MISSED - 1) * HEARTBEAT_SECONDS);

/**
 * A hub whose devices connect once a day and send `ping`: it wakes for its sweeps alone. One device is looked at ever less
 * often; of many, each at another hour of its day, one is always due, and a sweep that looks at all of them goes off when
 * the one that was heard least recently, just under one interval ago, would be overdue.
 */
function idleHub(devices: number): Usage {
  const sweeps = atMost(devices * MONTH_DAYS * looksADay(HEARTBEAT_SECONDS * 1000), MOST_LOOKS);
  return times(sweeps, sum(wake(devices), sweepOf(devices, STEPS.sweep)));
}

/** Sessions that begin and end. In hubs that hear of nothing else each has its own alarms; in busy ones they share them. */
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
      // The Worker's counts reach the Ledger once a second and isolate: an upper bound.
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
    // A Ledger that wakes counts its sessions: of all hubs, if there is one Ledger.
    times(wakesOf(events), wake(load.devices)),
    load.hubs === "per-client" ? usage({ rowsWritten: newHubs(load) }) : usage({}),
  );
}

/** A client id's own hub is made once, and each of its later sessions finds it. */
function newHubs({ devices, sessions }: Pick<Load, "devices" | "sessions">): number {
  return atMost(devices, sessions) * NEW_HUB_ROWS;
}

function published(events: number): number {
  return events * PUBLISH_ROWS + quietPublishes(events) * PUBLISH_ALARM_ROWS;
}

/** Publishes that find no alarm set; a busy Ledger sets one each ten seconds. */
function quietPublishes(events: number): number {
  return atMost(events, MONTH_SECONDS / SLEEP_SECONDS);
}

/** Calls between clients that are connected, spread evenly over the month and the hubs. */
export function callsMonth(load: Pick<Load, "devices" | "hubs" | "calls" | "call">): Usage {
  const { calls } = load;
  const hubs = hubCount(load);
  const messages = calls * messagesOf(load.call);
  const crossings = messages * crossing(load.hubs);
  // Two clients, and so two hubs that hear of it, or one twice.
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
 * What hearing frames costs a hub besides the frames: an alarm five seconds later, and a report of what was counted.
 * However many frames came in between: a hub that is never silent has one such round each five seconds. The alarm looks
 * at the sessions only after a wake, and where it is time for it.
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
  const looks = atMost(count, wakes + MOST_LOOKS);
  return sum(times(count, round), times(looks, lookAt(devices)), times(wakes, wake(devices)));
}

/** How many of a month's events, at random times, find their object asleep. */
export function wakesOf(events: number): number {
  return events * Math.exp((-SLEEP_SECONDS * events) / MONTH_SECONDS);
}

/** An alarm that looks at every session, and its report if there is one. */
function sweepOf(devices: number, step: Step): Usage {
  return sum(alarmOf(step), lookAt(devices));
}

function alarmOf(step: Step): Usage {
  return usage({
    alarms: 1,
    rpcs: step.reports,
    rowsWritten: step.hubRows + step.hubAlarmRows + step.ledgerRows,
  });
}

function lookAt(devices: number): Usage {
  return usage({
    rowsRead: rowsReadBySweep(devices),
    activeSeconds: devices * ASSUMED.sweepSecondsAConnection,
  });
}

function wake(devices: number): Usage {
  return usage({ rowsRead: rowsReadByWake(devices), activeSeconds: ASSUMED.wakeSeconds });
}

function atMost(count: number, limit: number): number {
  return Math.min(count, limit);
}
