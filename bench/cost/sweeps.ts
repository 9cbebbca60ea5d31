/** How often a hub sweeps for a device that only pings, computed by the hub's own rule. */
import { KEYS } from "../../src/config/keys.ts";
import type { Connected } from "../../src/hub/connection.ts";
import { nextDeadline } from "../../src/hub/deadlines.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";

const DAY_MS = 86_400_000;

/** In a day that begins with the device's CONNECT, which is also its last frame. */
export function sweepsPerDay(heartbeatMs: number): number {
  const device: Connected = {
    state: "connected",
    socketId: "a socket",
    bucket: { fullAtMs: 0, refused: 0 },
    lostFramings: 0,
    session: {
      id: "a session",
      // The rule does not depend on the client.
      clientId: "device" as ClientId,
      connectedAtMs: 0,
      capabilities: [],
      targets: null,
      expiresAtMs: null,
    },
    lastActivityMs: 0,
    frameCount: 1,
  };
  let sweeps = 0;
  for (let nowMs = 0; nowMs < DAY_MS; sweeps += 1) {
    const lastPingMs = Math.floor(nowMs / heartbeatMs) * heartbeatMs;
    const next = nextDeadline(device, lastPingMs, {
      heartbeatIntervalMs: heartbeatMs,
      minSilenceMs: KEYS.server.min_silence.default * 1000,
    });
    if (next === null) throw new Error("a connected device has a deadline");
    nowMs = next.atMs;
  }
  return sweeps;
}
