/**
 * The client's clocks: when it pings, tries, waits, asks and stops. Pure: without timer and socket. `reconnector.ts` and
 * `keep-alive.ts` carry it out. `CLOCK_RULES` says the same in words; the README prints it, and each line is a test.
 */
import { SignalError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import type { HttpAnswer, Return } from "../ports.ts";
import type { Disconnect } from "./disconnect.ts";

/** The client does not trust the hub's interval: one of microseconds would make it flood the hub with pings. */
const MIN_PING_INTERVAL_MS = 1_000;

/** Many routers and proxies forget a path that was idle for 30 s. */
const MAX_PING_INTERVAL_MS = 25_000;

/** A ping that follows a suspicion. With an overdue answer before it and a pause after it, a dead socket lasts 12 s. */
const URGENT_PONG_TIMEOUT_MS = 5_000;

/** A hub answers a signal within milliseconds. A bad mobile network takes a second or two. */
export const OVERDUE_ANSWER_MS = 3_000;

/** After a session that lasted this long, the next failure counts as the first. */
const STABLE_MS = 10_000;

/** The client does not trust the hub's pause: a longer one is cut to this. */
const MAX_RETRY_AFTER_MS = 300_000;

/** A hub that restarts is back by then. With the usual `retryMaxMs` no pause is longer than that for 40 s. */
const SHORT_OUTAGE_MS = 32_000;

/** On a slow network the handshakes of TCP and TLS take most of a second. A timer of one second may fire a little early. */
const FRESH_ATTEMPT_MS = 950;

/** A question counts against the hub's limit of upgrades, as an attempt does. */
const ASK_GAP_MS = 60_000;

export const ASK_TIMEOUT_MS = 5_000;

/** What makes the client look again. `doubt`: an answer is overdue, or a peer's connection has failed. */
export type News = Return | "reconnect-now" | "doubt";

/**
 * `isUrgent`: the path may have changed, so a ping's answer is due soon. `forgets`: the failures so far say nothing about the
 * next attempt. `gapMs`: for so long after an attempt that news caused, this news causes none.
 */
type NewsRow = readonly [isUrgent: boolean, forgets: boolean, gapMs: number];

export const NEWS: Readonly<Record<News, NewsRow>> = {
  online: [true, true, 5_000],
  "reconnect-now": [true, true, 1_000],
  // It also reports estimates of the speed, which say nothing about the hub.
  "network-change": [true, false, 5_000],
  page: [false, false, 5_000],
  doubt: [true, false, Infinity],
};

/**
 * `probe`: ping. `try`: begin an attempt, in place of the pause or of the attempt that runs, but not before the hub allows
 * it. `sinceNewsMs`: since news caused an attempt. News that forgets counts only its like: a laptop that wakes shows the page
 * first, and is online later.
 */
export function decideNews(
  news: News,
  state: "connecting" | "connected" | "waiting",
  sinceAttemptMs: number,
  sinceNewsMs: number,
): "nothing" | "probe" | "try" {
  if (state === "connected") return "probe";
  if (state === "connecting" && sinceAttemptMs < FRESH_ATTEMPT_MS) return "nothing";
  const [, , gapMs] = NEWS[news];
  return sinceNewsMs > gapMs ? "try" : "nothing";
}

export function pingIntervalMs(hubsIntervalMs: number): number {
  return Math.max(MIN_PING_INTERVAL_MS, Math.min(hubsIntervalMs, MAX_PING_INTERVAL_MS));
}

/** How long after a ping the hub may send nothing. */
export function pongTimeoutMs(
  { pongTimeoutMs: usualMs }: Pick<ResolvedOptions, "pongTimeoutMs">,
  isUrgent: boolean,
): number {
  return isUrgent ? Math.min(usualMs, URGENT_PONG_TIMEOUT_MS) : usualMs;
}

export function isStable(lastedMs: number): boolean {
  return lastedMs >= STABLE_MS;
}

/** The pause that the hub asked for, as far as the client heeds it. */
export function hubsPauseMs(retryAfterMs: number | undefined): number {
  return Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
}

/**
 * The client's own pause before the next attempt, in milliseconds. Full jitter: it is random, from zero up to a ceiling that
 * doubles with each failure in a row. Equal or nearly equal pauses would bring the clients of a restarted hub back in waves.
 * Once an outage is longer than a restart takes, the ceiling grows with it. Many clients that no hub admits cost little then.
 * `outageMs`: how long the client has had no session and no word from the hub when to come back.
 */
export function backoffMs(
  failures: number,
  outageMs: number,
  random: number,
  { retryBaseMs, retryMaxMs, longRetryMaxMs }: RetryOptions,
): number {
  const shortMs = Math.min(retryMaxMs, retryBaseMs * 2 ** failures);
  return random * Math.max(shortMs, Math.min(longRetryMaxMs, outageMs - SHORT_OUTAGE_MS));
}

type RetryOptions = Pick<ResolvedOptions, "retryBaseMs" | "retryMaxMs" | "longRetryMaxMs">;

/**
 * Whether to ask the address over HTTP why no socket opens. `unopened`: attempts in a row whose socket never opened. One
 * may be chance, or may have shown the token where the hub does not look for it.
 */
export function shouldAsk(unopened: number, sinceAskedMs: number): boolean {
  return unopened > 1 && sinceAskedMs >= ASK_GAP_MS;
}

/**
 * What an answer says about attempts whose socket never opened: the hub judges a GET as it judges an upgrade. null: nothing.
 * A mistake in the address, such as 404, lasts; a gateway's 502 does not.
 */
export function decideAnswer({ status, retryAfterMs }: HttpAnswer): Disconnect | null {
  const text = `its address answers ${status} over HTTP`;
  const code = status === 403 ? 401 : status;
  // These say the same as the hub's ERROR.
  if (code === 401 || code === 429 || code === 503) {
    return {
      kind: "refused",
      report: { code, text, target: null, retryAfterMs: retryAfterMs ?? null },
    };
  }
  if (status < 400 || status >= 500 || status === 426) return null;
  return {
    kind: "failed",
    error: new SignalError("unreachable", { detail: `${text}: check url` }),
  };
}

/** The policy in words, one row per line: when, and what the client does. `test/client/connection/clocks.test.ts` runs each. */
// oxfmt-ignore
export const CLOCK_RULES = {
  ping: ["there is a session", "pings at the hub's interval, but at least every 25 s and at most once a second"],
  silence: ["nothing arrives for `pongTimeoutMs` after a ping", "drops the socket and reconnects"],
  overdue: ["a signal has no outcome 3 s after `send`, and every 3 s from then on", "pings at once; if nothing arrives for 5 s, it drops the socket"],
  probe: ["`probe()` is called, as `peer()` does when its connection has failed", "does the same; without a session it does nothing"],
  network: ["the network is back (`online`), it changes (`change` of `navigator.connection`), or `reconnectNow()` is called, and there is a session", "does the same"],
  page: ["the page is shown (`visibilitychange`, `pageshow` from the cache, `resume`), and there is a session", "pings at once, with the usual `pongTimeoutMs`"],
  "news while waiting": ["any of these comes while the client waits", "begins an attempt at once"],
  "news while connecting": ["any of these comes while an attempt runs that began about 1 s ago, or earlier", "begins another attempt in its place; a younger one goes on"],
  gap: ["such news comes again within 5 s after it caused an attempt (`reconnectNow()`: 1 s)", "does nothing; only `online` and `reconnectNow()` count after other news"],
  forget: ["`online` or `reconnectNow()` causes an attempt", "counts failures and the outage anew, so that its pauses are short again"],
  "hub's time": ["the hub has named a time, and any news, or `close()` and `connect()`, comes before it", "waits until then, and no longer"],
  backoff: ["an attempt fails, or a session is lost", "waits for a random time up to `retryBaseMs`; each failure in a row doubles the ceiling, up to `retryMaxMs`"],
  stable: ["a session has lasted 10 s", "counts the next failure as the first"],
  outage: ["there has been no session for more than 32 s", "waits for a random time up to what the outage has lasted beyond 32 s, at most `longRetryMaxMs`"],
  "retry-after": ["the hub refuses CONNECT and names a pause", "waits for it, for 5 minutes at most, and then for a random time up to `retryMaxMs`"],
  "no answer": ["an attempt has lasted `connectTimeoutMs`", "counts it as failed"],
  "token fails": ["the token function throws, or returns no token", "counts the attempt as failed"],
  "logged out": ["the token function returns null", "stops with `unauthenticated`"],
  "refused string": ["the hub refuses a `token` that is a string", "stops with `unauthenticated`"],
  "refused function": ["the hub refuses what a token function returned", "asks it once more, and stops with `unauthenticated` if that token is refused, too"],
  final: ["the hub closes with a final code, or refuses CONNECT for good", "stops with the code's error"],
  ask: ["the sockets of two attempts in a row did not open", "asks the same address with GET, at most once a minute and for at most 5 s"],
  "answer 401": ["that answer is 401 or 403", "treats the token as refused"],
  "answer 429": ["that answer is 429 or 503 with Retry-After", "waits for that time, for 5 minutes at most, and then for a random time up to `retryMaxMs`"],
  "answer 404": ["that answer is another 4xx, but not 426", "says so in an `error` event, and waits for a random time up to `longRetryMaxMs`"],
  "no reason": ["there is no such answer: no `fetch`, or CORS hides it", "goes on with its pauses"],
  close: ["`close()` is called, or the client stops", "cancels every timer, question and listener"],
} as const satisfies Record<string, readonly [when: string, does: string]>;
