/**
 * A description that is too large for one frame travels in parts, each a peer message of the kind `part`. An SDK that does
 * not know this kind ignores it. Pure but for the parts that wait for the others.
 */
import { encodeUtf8 } from "../../protocol/encodings/utf8.ts";
import { fnv1a } from "../../protocol/fnv1a.ts";
import { isObject } from "../../protocol/json.ts";
import { readPeerMessage, type PeerMessage } from "./message.ts";

/**
 * A frame's payload has 65,535 bytes. The rest is for the ids of source and target, of 128 characters with up to four bytes
 * each, and for the names of the fields.
 */
export const MAX_PEER_BYTES = 64_000;

/** The largest SDP, in bytes of UTF-8. */
export const MAX_SDP_BYTES = 1_048_576;

/** JSON makes at most six bytes of one, so no SDP of the largest size has more parts. */
const MAX_PARTS = 128;

/** With less, an SDP would need more parts than a receiver takes. */
const MIN_ROOM_BYTES = 6 * Math.ceil(MAX_SDP_BYTES / MAX_PARTS);

/** How much of the SDP stays in a piece whose JSON form is too large. */
const SHRINK = 0.9;

/**
 * What to send as `peer` of one signal each, in order: the message itself if it fits into a frame, or else its parts. Returns
 * null if the message cannot be sent, because its SDP exceeds 1 MiB or because it has none to divide.
 */
export function splitMessage(message: PeerMessage): readonly object[] | null {
  if (jsonBytes(message) <= MAX_PEER_BYTES) return [message];
  if (!("sdp" in message)) return null;
  const { sdp, kind: of, ...rest } = message;
  if (!fitsParts(sdp)) return null;
  // The same message has the same id, so a copy that is sent again completes what arrived of the first.
  const head = { ...rest, kind: "part", of, id: fnv1a(sdp) };
  const room = MAX_PEER_BYTES - jsonBytes({ ...head, sdp: "", part: MAX_PARTS, parts: MAX_PARTS });
  // What is not the SDP leaves no room for it.
  if (room < MIN_ROOM_BYTES) return null;
  const pieces = piecesOf(sdp, room);
  return pieces.map((piece, at) => ({ ...head, sdp: piece, part: at + 1, parts: pieces.length }));
}

/** Whether an SDP can be sent. */
export function fitsParts(sdp: string): boolean {
  return encodeUtf8(sdp).length <= MAX_SDP_BYTES;
}

/** A cut may divide a surrogate pair: JSON then escapes both halves, and joining makes one character of them again. */
function piecesOf(sdp: string, room: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < sdp.length; at += pieces.at(-1)?.length ?? 0) {
    let piece = sdp.slice(at, at + room);
    while (jsonBytes(piece) - EMPTY_JSON_BYTES > room) {
      piece = piece.slice(0, Math.floor(piece.length * SHRINK));
    }
    pieces.push(piece);
  }
  return pieces;
}

/** The quotes. */
const EMPTY_JSON_BYTES = 2;

function jsonBytes(value: unknown): number {
  return encodeUtf8(JSON.stringify(value)).length;
}

/**
 * Reads what the other side of one call sends, and joins parts. Parts may come in any order and more than once. A part of
 * another message discards those that wait, which are at most 1,048,576 characters.
 */
export class PartJoiner {
  #message = "";
  #pieces: (string | undefined)[] = [];

  /** Returns null if `data` is not a peer's message, or a part whose message is not complete yet. */
  add(data: unknown): PeerMessage | null {
    const part = isObject(data) && data["peer"];
    if (!isObject(part) || part["kind"] !== "part") return readPeerMessage(data);
    const { id, of, sdp, part: number, parts, ...rest } = part;
    if (typeof sdp !== "string" || !isNumberOf(parts, MAX_PARTS) || !isNumberOf(number, parts)) {
      return null;
    }
    const message = JSON.stringify([rest["from"], of, id, parts]);
    if (message !== this.#message) this.#discard(message, parts);
    this.#pieces[number - 1] = sdp;
    const joined = this.#pieces.join("");
    const isTooLarge = joined.length > MAX_SDP_BYTES;
    if (!isTooLarge && this.#pieces.includes(undefined)) return null;
    this.#discard();
    return isTooLarge ? null : readPeerMessage({ peer: { ...rest, kind: of, sdp: joined } });
  }

  #discard(message = "", parts = 0): void {
    this.#message = message;
    this.#pieces = Array.from({ length: parts });
  }
}

function isNumberOf(value: unknown, count: number): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= count;
}
