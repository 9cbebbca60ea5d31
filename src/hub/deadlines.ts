/** When each connection must have done what, and when the hub must check next. One alarm serves them all. */
import { HEARTBEATS_MISSED } from "../protocol/limits.ts";
import type { Connected, Connection } from "./connection.ts";
import type { HubSettings, HubSocket } from "./ports.ts";

/** What a connection must have done by when. */
export interface Deadline {
  readonly name: "connect" | "heartbeat" | "token";
  readonly atMs: number;
}

/**
 * The longest time between two checks of a client that only pings. More frequent checks would wake a hub of sleeping
 * clients every ninety seconds; a client that died is usually found sooner, by its socket's close or the next signal
 * for it.
 */
const MAX_CHECK_INTERVAL_MS = 3_600_000;

type SilenceSettings = Pick<HubSettings, "heartbeatIntervalMs" | "minSilenceMs">;

/**
 * How long a session may be silent (HB4): three heartbeat intervals, or longer where these are short, because browsers run the
 * timers of a hidden page once a minute.
 */
export function silenceMsOf({ heartbeatIntervalMs, minSilenceMs }: SilenceSettings): number {
  return Math.max(HEARTBEATS_MISSED * heartbeatIntervalMs, minSilenceMs);
}

/** Whether nothing came for too long (HB4). The platform is asked for a `ping` only if no frame is recent. */
export function isSilent(
  { lastActivityMs }: Connected,
  socket: Pick<HubSocket, "lastPingMs">,
  settings: SilenceSettings,
  nowMs: number,
): boolean {
  const silenceMs = silenceMsOf(settings);
  if (nowMs - lastActivityMs < silenceMs) return false;
  return nowMs - (socket.lastPingMs() ?? 0) >= silenceMs;
}

/** The earliest deadline of the connection; null once it is closed. The one for a heartbeat says when to check again. */
export function nextDeadline(
  connection: Connection,
  lastPingMs: number | null,
  settings: SilenceSettings,
): Deadline | null {
  switch (connection.state) {
    case "awaiting-connect":
    case "authenticating":
      return { name: "connect", atMs: connection.connectByMs };
    case "connected": {
      const { expiresAtMs } = connection.session;
      const checkAtMs = nextCheckMs(connection, lastPingMs, settings);
      return expiresAtMs !== null && expiresAtMs <= checkAtMs
        ? { name: "token", atMs: expiresAtMs }
        : { name: "heartbeat", atMs: checkAtMs };
    }
    case "closed":
      return null;
  }
}

/**
 * The longer a client has only pinged, the later the next check: after half that time, at most an hour, and never before
 * the session may count as silent (HB4).
 */
function nextCheckMs(
  { lastActivityMs }: Connected,
  lastPingMs: number | null,
  settings: SilenceSettings,
): number {
  const lastSeenMs = Math.max(lastActivityMs, lastPingMs ?? 0);
  const silenceMs = silenceMsOf(settings);
  const onlyPingedForMs = lastSeenMs - lastActivityMs;
  const intervalMs = Math.max(silenceMs, Math.min(onlyPingedForMs / 2, MAX_CHECK_INTERVAL_MS));
  return Math.ceil(lastSeenMs + intervalMs);
}

/** When the hub must sweep next. Lives in memory: an incarnation that has not swept yet does not know every deadline. */
export class SweepClock {
  /** The earliest deadline that this incarnation knows; null: it knows none. */
  #atMs: number | null = null;
  #knowsAll = false;

  get atMs(): number | null {
    return this.#atMs;
  }

  /** Makes sure that a sweep happens at this deadline. */
  noteDeadline(atMs: number): void {
    this.#atMs = Math.min(this.#atMs ?? Infinity, atMs);
  }

  /** A sweep is due at a deadline, and once after each wake. */
  isDue(nowMs: number): boolean {
    return !this.#knowsAll || (this.#atMs !== null && this.#atMs <= nowMs);
  }

  /** Runs a sweep, which notes every deadline that remains. If it throws, the next alarm sweeps again. */
  rescan(sweep: () => void): void {
    this.#knowsAll = false;
    this.#atMs = null;
    sweep();
    this.#knowsAll = true;
  }
}
