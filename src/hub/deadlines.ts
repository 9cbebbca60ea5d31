/** By when a connection must have done what. One alarm serves them all: timers would keep the hub from sleeping. */
import { HEARTBEATS_MISSED } from "../protocol/limits.ts";
import type { Connected, Connection } from "./connection.ts";
import type { HubSettings, HubSocket } from "./ports.ts";

export interface Deadline {
  readonly name: "connect" | "heartbeat" | "token";
  readonly atMs: number;
}

/**
 * A hub looks no less often than this at a client that only pings. It would wake for each of its sleeping clients once a
 * minute and a half; a client that died is found sooner by its socket's close, or by the first signal for it.
 */
export const MAX_LOOK_MS = 3_600_000;

/** Whether nothing has come for three heartbeats (HB4). The platform is asked for a `ping` only where no frame is fresh. */
export function isSilent(
  { lastActivityMs }: Connected,
  socket: Pick<HubSocket, "lastPingMs">,
  settings: HubSettings,
  nowMs: number,
): boolean {
  const silenceMs = HEARTBEATS_MISSED * settings.heartbeatIntervalMs;
  if (nowMs - lastActivityMs < silenceMs) return false;
  return nowMs - (socket.lastPingMs() ?? 0) >= silenceMs;
}

/** The earliest of the connection's deadlines; null once it is closed. For a heartbeat it is when to look again. */
export function nextDeadline(
  connection: Connection,
  lastPingMs: number | null,
  settings: Pick<HubSettings, "heartbeatIntervalMs">,
): Deadline | null {
  switch (connection.state) {
    case "greeting":
    case "authenticating":
      return { name: "connect", atMs: connection.connectByMs };
    case "connected": {
      const { lastActivityMs, session } = connection;
      const { expiresAtMs } = session;
      const lastSeenMs = Math.max(lastActivityMs, lastPingMs ?? 0);
      const silenceMs = HEARTBEATS_MISSED * settings.heartbeatIntervalMs;
      const pingedForMs = lastSeenMs - lastActivityMs;
      const lookMs = Math.max(silenceMs, Math.min(pingedForMs / 2, MAX_LOOK_MS));
      const lookAtMs = Math.ceil(lastSeenMs + lookMs);
      return expiresAtMs !== null && expiresAtMs <= lookAtMs
        ? { name: "token", atMs: expiresAtMs }
        : { name: "heartbeat", atMs: lookAtMs };
    }
    case "closed":
      return null;
  }
}
