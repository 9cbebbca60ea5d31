/** What a feature of a session is made of: the parts of the hub that it uses, and how it receives a request. */
import type { InboundRequest } from "../../wires/wire.ts";
import type { Connections } from "../connections.ts";
import type { Deliverer } from "../deliver.ts";
import type { SessionSocket } from "../ports.ts";

export interface FeatureParts {
  readonly connections: Connections;
  readonly deliverer: Deliverer;
}

/** `nowMs`: when the message came that held the request. */
export type Receive = (
  parts: FeatureParts,
  socket: SessionSocket,
  request: InboundRequest,
  nowMs: number,
) => void;
