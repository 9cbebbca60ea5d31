/** What a hub does of its own accord: it ends what is overdue, and, when it has lost its place, everything. */
import { UNSOLICITED } from "../wires/wire.ts";
import type { HubContext } from "./context.ts";
import { nextDeadline, type Deadline } from "./deadlines.ts";
import type { HubSocket } from "./ports.ts";

/** The alarm goes off for other reasons, too, every five seconds where clients speak: then nobody is looked at. */
export function sweep(context: HubContext): void {
  context.sweepIfDue(() => sweepAll(context));
}

function sweepAll(context: HubContext): void {
  const { settings, ports } = context;
  const nowMs = ports.now();
  for (const socket of ports.sockets.all()) {
    const deadline = nextDeadline(socket.connection, socket.lastPingMs(), settings);
    if (deadline === null) continue;
    if (deadline.atMs <= nowMs) miss(context, socket, deadline.name);
    else if (context.isSilent(socket, nowMs)) miss(context, socket, "heartbeat");
    else context.wakeBy(deadline.atMs);
  }
  context.endOrphans();
}

export function drain(context: HubContext): void {
  for (const socket of context.ports.sockets.all()) context.close(socket, "going-away");
  context.endOrphans();
}

function miss(context: HubContext, socket: HubSocket, deadline: Deadline["name"]): void {
  switch (deadline) {
    case "connect":
      return context.refuse(socket, UNSOLICITED, "connect.late");
    case "token":
      return context.refuse(socket, UNSOLICITED, "session.expired");
    case "heartbeat":
      // No ERROR: who has been silent for so long does not listen.
      return context.close(socket, "timed-out");
  }
}
