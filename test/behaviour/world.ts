/**
 * What the behaviour suite needs of the world that it runs in: the plain objects of the test kernel, or the real Durable
 * Objects in workerd. Each world also runs with an eviction before every event.
 */
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import { parseClientId } from "../../src/protocol/client-id.ts";
import type { Seen } from "../support/frames.ts";

/** The settings of every world: small, so that tests reach the limits, and none of them a default. */
export const WORLD_SETTINGS = {
  SIGNAL_MANAGER_SERVER_MAX_CONNECTIONS: "40",
  SIGNAL_MANAGER_LIMITS_FRAME_BURST: "200",
  SIGNAL_MANAGER_LIMITS_FRAMES_PER_SECOND: "100",
  SIGNAL_MANAGER_LIMITS_MAX_MESSAGE_SIZE: "524288",
  SIGNAL_MANAGER_LIMITS_MESSAGE_BUFFER_SIZE: "4096",
  SIGNAL_MANAGER_ADMIN_TOKEN: "the-admin-token-of-the-tests",
} as const;

export const MAX_SESSIONS = 40;
export const FRAME_BURST = 200;
export const FRAMES_PER_SECOND = 100;
export const CONNECT_TIMEOUT_MS = 10_000;
export const HEARTBEAT_INTERVAL_MS = 30_000;
export const MIN_SILENCE_MS = 75_000;
export const MAX_MESSAGE_BYTES = 524_288;
export const MAX_BATCH_BYTES = 4096;

/** The client of a socket if a test names none. */
export const USUAL_CLIENT = "alice";

/** Client ids that belong to the same hub as this one. */
export function matesOf(clientId: string, hubs: number, count: number): string[] {
  const home = hubOf(clientId, hubs);
  const mates: string[] = [];
  for (let n = 0; mates.length < count; n += 1) {
    if (hubOf(`client-${n}`, hubs) === home) mates.push(`client-${n}`);
  }
  return mates;
}

/** Whether the two clients belong to one hub. */
export function areMates(one: string, other: string, hubs: Hubs): boolean {
  return hubOf(one, hubs) === hubOf(other, hubs);
}

function hubOf(text: string, hubs: Hubs): string {
  const clientId = parseClientId(text);
  if (clientId === null) throw new Error(`not a client id: ${text}`);
  return hubNameOf(clientId, hubs);
}

export interface TokenOptions {
  readonly targets?: readonly string[];
  readonly expiresInSeconds?: number;
}

export interface Ended {
  readonly clientId: string;
  readonly reason: string;
  /** null: the count was lost with the hub's memory. */
  readonly messageCount: number | null;
}

export interface World {
  /** A socket whose upgrade presented no credentials. If there are several hubs, it named the client as a hint. */
  open(clientId?: string): Promise<Peer>;
  /** A socket whose upgrade presented a token of this client. */
  openAs(clientId: string, options?: TokenOptions): Promise<Peer>;
  /** A signed token. */
  token(clientId: string, options?: TokenOptions): Promise<string>;
  /** Advances the clock, and fires every alarm that is due by then. */
  advance(ms: number): Promise<void>;
  /** Turns only the clock: alarms are late, as the platform's may be. */
  pass(ms: number): void;
  /** The HTTP status of an upgrade that the hub refuses for lack of room; null: it accepts the upgrade. */
  refusal(): Promise<number | null>;
  /** An administrator ends the client's session. False: the client has none. */
  kick(clientId: string): Promise<boolean>;
  /** The hubs die: their sockets break, and they receive no close event. */
  reset(): Promise<void>;
  /** From now on no session can be stored. */
  breakStorage(): Promise<void>;
  /** Sessions that ended, in order. */
  readonly ended: readonly Ended[];
}

export interface Peer {
  /** Sends one WebSocket message: frames back to back, or a text. */
  send(message: Uint8Array | string): Promise<void>;
  /** The next frame or text. Waits for it if none has arrived. */
  next(): Promise<Seen | string>;
  /** How many WebSocket messages have arrived: a text counts, and several frames in one message count once. */
  messages(): number;
  /** The close code that the client sees. */
  readonly closed: Promise<number>;
  /** Closes from the client's side. */
  close(code?: number): Promise<void>;
}
