/** Small questions about one inbound of a wire. */
import { HEADER_BYTES } from "../protocol/limits.ts";
import type { Inbound, ReplyTo } from "../wires/wire.ts";

/** What an answer takes from the inbound. */
export function replyToOf(inbound: Inbound): ReplyTo {
  return inbound.kind === "request" ? inbound.request : inbound.replyTo;
}

/** Bytes that the inbound holds while it waits. */
export function bytesOf(inbound: Inbound): number {
  return inbound.kind === "request" ? inbound.bytes : HEADER_BYTES;
}
