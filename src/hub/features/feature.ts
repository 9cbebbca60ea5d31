/** What every request of a session is handled with. */
import type { InboundRequest } from "../../wires/wire.ts";
import type { Connections } from "../connections.ts";
import type { Deliverer } from "../deliver.ts";
import type { SessionSocket } from "../ports.ts";

export interface SessionRules {
  readonly connections: Connections;
  readonly deliverer: Deliverer;
}

/** `nowMs`: when the message came that held the request. */
export type Receive = (
  rules: SessionRules,
  socket: SessionSocket,
  request: InboundRequest,
  nowMs: number,
) => void;
