/** How often a hub looks at a device that only pings: by the rule of the hub itself. */
import type { Connected } from "../../src/hub/connection.ts";
import { nextDeadline } from "../../src/hub/deadlines.ts";
import type { ClientId } from "../../src/protocol/client-id.ts";

const DAY_MS = 86_400_000;

/** In a day that begins with the device's CONNECT, its last frame. */
export function looksADay(heartbeatMs: number): number {
  const device: Connected = {
    state: "connected",
    socketId: "a socket",
    bucket: { fullAtMs: 0, refused: 0 },
    lostFramings: 0,
    session: {
      id: "a session",
      // Whose it is does not matter.
      clientId: "device" as ClientId,
      connectedAtMs: 0,
      capabilities: [],
      targets: null,
      expiresAtMs: null,
    },
    lastActivityMs: 0,
    frameCount: 1,
  };
  let looks = 0;
  for (let nowMs = 0; nowMs < DAY_MS; looks += 1) {
    const lastPingMs = Math.floor(nowMs / heartbeatMs) * heartbeatMs;
    const next = nextDeadline(device, lastPingMs, { heartbeatIntervalMs: heartbeatMs });
    if (next === null) throw new Error("a connected device has a deadline");
    nowMs = next.atMs;
  }
  return looks;
}
