/** A frame that travels on with other bytes in one place of its payload, as a signal does with its source (SI5). */
import { writePayloadLength, type ReceivedFrame } from "../frame.ts";
import { PAYLOAD_LENGTH_AT } from "../frame-layout.ts";
import { HEADER_BYTES } from "../limits.ts";

/** Where a payload is cut open: a piece takes the place of the bytes from `cutAt` to `resumeAt`. */
export interface Cut {
  readonly payload: Uint8Array;
  readonly cutAt: number;
  readonly resumeAt: number;
}

/** The length of the payload with the piece in it. */
export function splicedBytes({ payload, cutAt, resumeAt }: Cut, piece: Uint8Array): number {
  return cutAt + piece.length + payload.length - resumeAt;
}

/**
 * Writes the frame, with a piece in its payload, to the start of `into`, which MUST be large enough. Returns a view of
 * `into`, good until `into` is written again. On the signal path an allocation, and even a view, costs more than copying
 * all these bytes: so the caller shares one buffer and copies at once.
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
  // One copy of the whole payload that puts its tail where it belongs. What comes before the tail is then overwritten.
  if (tailAt >= resumeAt) into.set(payload, tailAt - resumeAt);
  else into.set(payload.subarray(resumeAt), tailAt);
  // Byte by byte: for a few bytes compiled code is faster than a call of `set`.
  for (let at = 0; at < piece.length; at += 1) into[pieceAt + at] = piece[at] ?? 0;
  for (let at = 0; at < cutAt; at += 1) into[HEADER_BYTES + at] = payload[at] ?? 0;
  // The header up to the payload's length.
  for (let at = 0; at < PAYLOAD_LENGTH_AT; at += 1) into[at] = frame.message[frame.at + at] ?? 0;
  const payloadBytes = splicedBytes(cut, piece);
  writePayloadLength(into, payloadBytes);
  // Costs two thirds of `subarray`, since a constructor looks up no species.
  return new Uint8Array(into.buffer, into.byteOffset, HEADER_BYTES + payloadBytes);
}
