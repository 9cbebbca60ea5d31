/** Every server that the bench compares, by name. */
import type { Adapter } from "./adapter.ts";
import { control } from "./adapters/control.ts";
import { baselineHub, countedHub, hub, sevenHubs } from "./adapters/hub.ts";
import { partyserver } from "./adapters/partyserver.ts";
import { peerjs } from "./adapters/peerjs.ts";
import { socketIo } from "./adapters/socket-io.ts";
import { wsRelay } from "./adapters/ws-relay.ts";

export const ADAPTERS = {
  hub,
  "baseline-hub": baselineHub,
  control,
  partyserver,
  peerjs,
  "socket-io": socketIo,
  "ws-relay": wsRelay,
  "counted-hub": countedHub,
  "seven-hubs": sevenHubs,
} as const satisfies Record<string, Adapter>;

export type AdapterName = keyof typeof ADAPTERS;

/** The servers that the part `peers` compares in turns. */
export const COMPARED = [
  "hub",
  "control",
  "partyserver",
  "peerjs",
  "socket-io",
  "ws-relay",
] as const satisfies AdapterName[];

export type Compared = (typeof COMPARED)[number];
