/** What arrives at a socket, as the old rules ask for it. Goes when the rules use `Wire` themselves. */
import { HEADER_BYTES } from "../protocol/limits.ts";
import type { Inbound, ReplyTo } from "../wires/wire.ts";

export type { Inbound };

export function replyToOf(inbound: Inbound): ReplyTo {
  return inbound.kind === "request" ? inbound.request : inbound.replyTo;
}

/** Bytes it holds while it waits. */
export function sizeOf(inbound: Inbound): number {
  return inbound.kind === "request" ? inbound.bytes : HEADER_BYTES;
}
