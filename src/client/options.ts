/** What a SignalClient is made of, checked once, at the door: all faults are reported together. */
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import { SignalError } from "./errors.ts";
import type { WebSocketConstructor } from "./ports.ts";

/**
 * The credentials (CO1): 1-4,096 characters, an API key or a JWT. A function is called for every connect, and
 * again where the hub refused the last token; `signal` fires when the attempt is over.
 */
export type Token =
  | string
  | ((context: { readonly signal: AbortSignal }) => string | Promise<string>);

export interface SignalClientOptions {
  /** The hub: ws:, wss:, http: or https:. In a page it may be relative to the page. */
  readonly url: string | URL;
  /** 1-128 characters, none a control character (ID1). */
  readonly clientId: string;
  readonly token: Token;
  /** Milliseconds a signal may wait for its outcome. Default 30,000. */
  readonly sendTimeoutMs?: number;
  /** Milliseconds from the start of an attempt, the token function included, to CONNECT_ACK. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from `ping` until anything must have come (HB3). Default 10,000. */
  readonly pongTimeoutMs?: number;
  /** The first pause before a reconnect is random, up to so many milliseconds, and doubles on. Default 500. */
  readonly retryBaseMs?: number;
  /** No pause exceeds so many milliseconds. Default 8,000. */
  readonly retryMaxMs?: number;
  /** Signals that may wait for a connection. Default 256. */
  readonly maxQueued?: number;
  /** Signals that one `signals()` holds for a reader that is slow. Default 1,024. */
  readonly maxBuffered?: number;
  /** Default: the platform's. */
  readonly WebSocket?: WebSocketConstructor;
}

/** Options that have been checked, with every default filled in. */
export interface Settings extends Required<Omit<SignalClientOptions, "WebSocket">> {
  readonly url: URL;
  readonly clientId: ClientId;
}

const DEFAULTS = {
  sendTimeoutMs: 30_000,
  connectTimeoutMs: 15_000,
  pongTimeoutMs: 10_000,
  retryBaseMs: 500,
  // A hub that restarts has its clients back within ten seconds.
  retryMaxMs: 8_000,
  maxQueued: 256,
  maxBuffered: 1_024,
};

/** @throws SignalError `bad-option` with every fault in its words. */
export function parseOptions(options: SignalClientOptions): Settings {
  const { token } = options;
  const url = parseUrl(options.url);
  const clientId = parseClientId(options.clientId);
  const numbers = { ...DEFAULTS };
  const faults: string[] = [];
  if (url === null) faults.push("url must be one of ws:, wss:, http: or https:");
  if (clientId === null) faults.push("clientId must be 1-128 characters, none a control character");
  if (typeof token !== "function" && !isToken(token)) {
    faults.push("token must be a function or 1-4096 characters");
  }
  // Object.keys widens to string; they are the table's own.
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const number = options[name] ?? DEFAULTS[name];
    if (isAtLeast(number, name === "maxQueued" ? 0 : 1)) numbers[name] = number;
    else faults.push(`${name} must be a number, and above 0`);
  }
  if (url === null || clientId === null || faults.length > 0) {
    throw new SignalError("bad-option", { detail: faults.join("; ") });
  }
  return { ...numbers, url, clientId, token };
}

/** Whether CONNECT can say it (CO1). */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_TOKEN_CHARS;
}

/** Not every user has a compiler. */
function isAtLeast(value: unknown, least: number): boolean {
  return typeof value === "number" && value >= least;
}

function parseUrl(given: string | URL): URL | null {
  const { location } = globalThis as { readonly location?: { readonly href?: string } };
  try {
    const url = new URL(given, location?.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    return /^wss?:$/.test(url.protocol) ? url : null;
  } catch {
    // TypeError: not a URL.
    return null;
  }
}
