/** The hub's sweep: it ends connections that missed a deadline, and sessions that a reset left without a socket. */
import { UNSOLICITED } from "../wires/wire.ts";
import type { Connections } from "./connections.ts";
import { isSilent, nextDeadline, type Deadline, type SweepClock } from "./deadlines.ts";
import type { HubPorts, HubSettings, HubSocket } from "./ports.ts";

/**
 * Sweeps if a sweep is due. The alarm goes off for other reasons too, every five seconds while clients speak, and must
 * not walk all sockets then.
 */
export function sweepIfDue(
  ports: Pick<HubPorts, "sockets" | "now">,
  settings: HubSettings,
  clock: SweepClock,
  connections: Connections,
): void {
  const nowMs = ports.now();
  if (!clock.isDue(nowMs)) return;
  clock.rescan(() => {
    for (const socket of ports.sockets.all()) {
      sweep(socket, settings, clock, connections, nowMs);
    }
    connections.reapAll();
  });
}

function sweep(
  socket: HubSocket,
  settings: HubSettings,
  clock: SweepClock,
  connections: Connections,
  nowMs: number,
): void {
  const { connection } = socket;
  const deadline = nextDeadline(connection, socket.lastPingMs(), settings);
  if (deadline === null) return;
  if (deadline.atMs <= nowMs) expire(socket, deadline.name, connections);
  else if (connection.state === "connected" && isSilent(connection, socket, settings, nowMs)) {
    expire(socket, "heartbeat", connections);
  } else clock.noteDeadline(deadline.atMs);
}

function expire(socket: HubSocket, deadline: Deadline["name"], connections: Connections): void {
  switch (deadline) {
    case "connect":
      return connections.refuse(socket, UNSOLICITED, "connect.late");
    case "token":
      return connections.refuse(socket, UNSOLICITED, "session.expired");
    case "heartbeat":
      // No ERROR: a client that was silent for so long does not read.
      return connections.close(socket, "timed-out");
  }
}
