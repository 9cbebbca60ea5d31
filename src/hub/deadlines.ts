/** By when a connection must have done what. One alarm serves them all: timers would keep the hub from sleeping. */
import { HEARTBEATS_MISSED } from "../protocol/limits.ts";
import type { Connection } from "./connection.ts";
import type { HubSettings } from "./ports.ts";

export interface Deadline {
  readonly name: "connect" | "heartbeat" | "token";
  readonly atMs: number;
}

/** The earliest of the connection's deadlines; null once it is closed. */
export function nextDeadline(
  connection: Connection,
  lastPingMs: number | null,
  settings: HubSettings,
): Deadline | null {
  switch (connection.state) {
    case "greeting":
    case "authenticating":
      return { name: "connect", atMs: connection.connectByMs };
    case "connected": {
      const { lastActivityMs, session } = connection;
      const { expiresAtMs } = session;
      const lastSeenMs = Math.max(lastActivityMs, lastPingMs ?? 0);
      const silentByMs = lastSeenMs + HEARTBEATS_MISSED * settings.heartbeatIntervalMs;
      return expiresAtMs !== null && expiresAtMs <= silentByMs
        ? { name: "token", atMs: expiresAtMs }
        : { name: "heartbeat", atMs: silentByMs };
    }
    case "closed":
      return null;
  }
}
