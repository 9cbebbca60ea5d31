/** The options of a SignalClient, checked once, in its constructor. One error reports every fault. */
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import { SignalError } from "./errors.ts";
import type { WebSocketConstructor } from "./ports.ts";
import { parseHubUrl } from "./wire/hub-url.ts";

/**
 * The credentials (CO1): an API key or a JWT of 1-4,096 characters, or a function that returns one. The client calls the
 * function for every connect, and again after the hub refused a token. `signal` fires when the attempt is over. A function
 * that returns null says that the user is logged out: the client stops with `unauthenticated`.
 */
export type Token =
  | string
  | ((context: { readonly signal: AbortSignal }) => string | null | Promise<string | null>);

export interface SignalClientOptions {
  /** The hub: a ws:, wss:, http: or https: URL. In a page it may be relative to the page. */
  readonly url: string | URL;
  /** 1-128 characters without control characters (ID1). */
  readonly clientId: string;
  readonly token: Token;
  /** How many milliseconds a signal may wait for its outcome. Default 30,000. */
  readonly sendTimeoutMs?: number;
  /** Milliseconds from the start of an attempt, the token function included, to CONNECT_ACK. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds after a `ping` within which some message must arrive (HB3). Default 10,000. If the client has a reason to
   * doubt its socket, it is 5,000 at most: the network is back, an answer is overdue, or a peer's connection has failed.
   */
  readonly pongTimeoutMs?: number;
  /** The first reconnect comes after a random pause of up to this many milliseconds; each failure doubles it. Default 500. */
  readonly retryBaseMs?: number;
  /**
   * The highest pause, in milliseconds, during the first 32 seconds without a session. Default 8,000: when a hub has
   * restarted, its clients are back within ten seconds. Not so in Firefox, which itself holds a connection attempt back for
   * up to a minute after several have failed.
   */
  readonly retryMaxMs?: number;
  /**
   * After 32 seconds without a session the highest pause grows with the outage, up to this many milliseconds. Default
   * 180,000. Pauses begin anew when the network is back.
   */
  readonly longRetryMaxMs?: number;
  /** How many signals may wait for a connection. Default 256. */
  readonly maxQueued?: number;
  /** How many signals one `signals()` buffers for a slow reader, and how many wait for the first listener. Default 1,024. */
  readonly maxBuffered?: number;
  /** Any WHATWG WebSocket. Default: the platform's. */
  readonly WebSocket?: WebSocketConstructor;
}

/** Options that were checked, with every default filled in. */
export interface ResolvedOptions extends Required<Omit<SignalClientOptions, "WebSocket">> {
  /** Absolute: ws: or wss:. */
  readonly url: string;
  readonly clientId: ClientId;
}

const DEFAULTS = {
  sendTimeoutMs: 30_000,
  connectTimeoutMs: 15_000,
  pongTimeoutMs: 10_000,
  retryBaseMs: 500,
  retryMaxMs: 8_000,
  // A thousand clients that the hub refuses then cost it eleven upgrades a second.
  longRetryMaxMs: 180_000,
  maxQueued: 256,
  maxBuffered: 1_024,
};

/** @throws SignalError `bad-option`. Its message names every fault. */
export function parseOptions(options: SignalClientOptions): ResolvedOptions {
  const { token } = options;
  const url = parseHubUrl(options.url);
  const clientId = parseClientId(options.clientId);
  const numbers = { ...DEFAULTS };
  const faults: string[] = [];
  if (url === null) faults.push("url must be one of ws:, wss:, http: or https:");
  if (clientId === null)
    faults.push("clientId must be 1-128 characters without control characters");
  if (typeof token !== "function" && !isToken(token)) {
    faults.push("token must be a function or 1-4096 characters");
  }
  // Object.keys widens to string, but they are the table's own.
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    // Not a number by its type alone: users without a compiler may pass anything.
    const number: unknown = options[name] ?? DEFAULTS[name];
    const least = name === "maxQueued" ? 0 : 1;
    if (typeof number === "number" && number >= least) numbers[name] = number;
    else faults.push(`${name} must be a number, and above 0`);
  }
  if (url === null || clientId === null || faults.length > 0) {
    throw new SignalError("bad-option", { detail: faults.join("; ") });
  }
  return { ...numbers, url, clientId, token };
}

/** Whether CONNECT can carry it (CO1). */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_TOKEN_CHARS;
}
