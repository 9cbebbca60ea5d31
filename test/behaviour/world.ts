/**
 * Where the behaviour of the hub is tried: on plain objects with a hand-turned clock, or on the real Durable Object in
 * workerd. Each of them also with an eviction before every event, so that every behaviour has its twin.
 */
import { hubNameOf, type Hubs } from "../../src/hub/placement.ts";
import { parseClientId } from "../../src/protocol/client-id.ts";
import type { Seen } from "../support/frames.ts";

/** The settings that every world runs with: small, so that tests reach the limits, and none of them a default. */
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
export const MAX_MESSAGE_BYTES = 524_288;
export const MAX_BATCH_BYTES = 4096;

/** Whose socket it is where a test does not say. */
export const USUAL_CLIENT = "alice";

/** Client ids that live on the same hub as this one. */
export function matesOf(clientId: string, hubs: number, count: number): string[] {
  const home = hubOf(clientId, hubs);
  const mates: string[] = [];
  for (let n = 0; mates.length < count; n += 1) {
    if (hubOf(`client-${n}`, hubs) === home) mates.push(`client-${n}`);
  }
  return mates;
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
  /** null: lost with the hub's memory. */
  readonly messageCount: number | null;
}

export interface World {
  /** A socket whose upgrade showed nothing. Where there are several hubs it named the client that it will be for. */
  open(clientId?: string): Promise<Peer>;
  /** A socket whose upgrade showed a token of this client. */
  openAs(clientId: string, options?: TokenOptions): Promise<Peer>;
  /** A signed token. */
  token(clientId: string, options?: TokenOptions): Promise<string>;
  /** Turns the clock, and lets the alarm go off if one is set. */
  advance(ms: number): Promise<void>;
  /** Turns the clock alone: the alarm is late, as the platform's may be. */
  pass(ms: number): void;
  /** What an upgrade of its own is answered while the hub has no room; null: it has. */
  refusal(): Promise<number | null>;
  /** An administrator ends the client's session. False: it has none. */
  kick(clientId: string): Promise<boolean>;
  /** The hub's process dies: sockets break, and no close event tells of it. */
  reset(): Promise<void>;
  /** From now on no session can be written. */
  breakStorage(): Promise<void>;
  /** Sessions that ended, in order. */
  readonly ended: readonly Ended[];
}

export interface Peer {
  /** One message, frames back to back, or a text. */
  send(message: Uint8Array | string): Promise<void>;
  /** The next frame or text, waiting for it if need be. */
  next(): Promise<Seen | string>;
  /** Messages that have come, texts and those of several frames among them. */
  messages(): number;
  /** The close code that the client sees. */
  readonly closed: Promise<number>;
  /** Closes from the client's side. */
  close(code?: number): Promise<void>;
}
