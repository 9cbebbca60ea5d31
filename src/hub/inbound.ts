/** One thing that arrived, in order: a frame, the point where framing was lost, or a text message. */
import { UNSOLICITED, type ReplyTo } from "../protocol/answers.ts";
import { decodeFrameAt, encodeFrame, type Decoded } from "../protocol/frame.ts";
import { HEADER_BYTES } from "../protocol/limits.ts";

export type Inbound = Decoded | { readonly kind: "text" };

/** What an answer to this inbound takes over: for lost framing the uuid that could still be read (FR5). */
export function replyToOf(inbound: Inbound): ReplyTo {
  switch (inbound.kind) {
    case "frame":
      return inbound.frame;
    case "failure":
      return { ...UNSOLICITED, uuid: inbound.failure.uuid };
    case "text":
      return UNSOLICITED;
  }
}

/** Bytes it holds while it waits. */
export function sizeOf(inbound: Inbound): number {
  return inbound.kind === "frame" ? HEADER_BYTES + inbound.frame.payload.length : HEADER_BYTES;
}

/** A copy: a waiting view of 21 bytes would hold its whole message, up to 1 MiB, in memory. */
export function detached(inbound: Inbound): Inbound {
  switch (inbound.kind) {
    case "text":
      return inbound;
    case "failure": {
      const { fault, uuid } = inbound.failure;
      return { kind: "failure", failure: { fault, uuid: uuid.slice() } };
    }
    case "frame":
      return decodeFrameAt(encodeFrame(inbound.frame), 0);
  }
}
