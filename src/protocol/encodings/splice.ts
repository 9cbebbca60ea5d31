/** A frame that goes on with a piece in its payload, as a signal with its source does (SI5): for the hub's signal path. */
import { PAYLOAD_LENGTH_AT, viewOf, writePayloadLength, type ReceivedFrame } from "../frame.ts";
import { HEADER_BYTES } from "../limits.ts";

/** Where a payload is cut open: a piece takes the place of what lies from `cutAt` to `resumeAt`. */
export interface Cut {
  readonly payload: Uint8Array;
  readonly cutAt: number;
  readonly resumeAt: number;
}

/** Bytes of the payload with the piece in it. */
export function splicedBytes({ payload, cutAt, resumeAt }: Cut, piece: Uint8Array): number {
  return cutAt + piece.length + payload.length - resumeAt;
}

/**
 * The frame with a piece in its payload, at the start of `into`, which MUST be large enough. Returns the view of `into`
 * that holds it, good until `into` is written again. For who copies at once: on the signal path an allocation, and even a
 * view, costs more than all these bytes.
 * @throws RangeError if the payload exceeds 65,535 bytes.
 */
export function encodeSplicedInto<Buffer extends ArrayBufferLike>(
  into: Uint8Array<Buffer>,
  frame: ReceivedFrame,
  cut: Cut,
  piece: Uint8Array,
): Uint8Array<Buffer> {
  const { payload, cutAt, resumeAt } = cut;
  const pieceAt = HEADER_BYTES + cutAt;
  const tailAt = pieceAt + piece.length;
  // All of the payload in one copy, its tail where it belongs. The rest is then written over.
  if (tailAt >= resumeAt) into.set(payload, tailAt - resumeAt);
  else into.set(payload.subarray(resumeAt), tailAt);
  // Short ones byte by byte, which compiled code does faster than it calls `set`.
  for (let at = 0; at < piece.length; at += 1) into[pieceAt + at] = piece[at] ?? 0;
  for (let at = 0; at < cutAt; at += 1) into[HEADER_BYTES + at] = payload[at] ?? 0;
  // The header, all of it but the payload's length.
  for (let at = 0; at < PAYLOAD_LENGTH_AT; at += 1) into[at] = frame.message[frame.at + at] ?? 0;
  const payloadBytes = splicedBytes(cut, piece);
  writePayloadLength(into, payloadBytes);
  return viewOf(into, 0, HEADER_BYTES + payloadBytes);
}
