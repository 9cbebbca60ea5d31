/**
 * What two peers send each other, as the data of signals: `{peer: PeerMessage}`. Each `peer()` call has an id. A message
 * names the call it comes from and the call it is for. So a peer recognises as stale what a page sent before it was
 * reloaded, and what was meant for that page.
 */
import { isObject } from "../../protocol/json.ts";
import type { SignalType } from "../signal.ts";

/** What a message says, by its kind. */
export type PeerBody =
  /**
   * The sender is there. It does not know the other's call yet, or it is back, or it has missed something: the receiver sends
   * its offer again if that has no answer yet. `ask`: the polite side asks under this number whether it may make an offer; 0: it
   * does not. An SDK before it has none, and never says `go`.
   */
  | { readonly kind: "hello"; readonly ask?: number | undefined }
  /** The other side, which asked under this number, may make an offer. The sender makes none until that has come. */
  | { readonly kind: "go"; readonly number: number }
  /**
   * `number` counts the offers of a call from 1. `answered` is the number of the other's last offer that the sender has
   * answered or refused; an SDK before it has none.
   */
  | {
      readonly kind: "offer";
      readonly sdp: string;
      readonly number: number;
      readonly answered?: number | undefined;
    }
  /** An answer has the number of its offer. */
  | { readonly kind: "answer"; readonly sdp: string; readonly number: number }
  /** The offer of this number could not be applied. Its sender takes it back. */
  | { readonly kind: "refuse"; readonly number: number }
  /** `candidate` is an RTCIceCandidateInit. */
  | { readonly kind: "candidate"; readonly candidate: object }
  /** The call is over. */
  | { readonly kind: "bye" };

/** A message as it is sent. */
export type PeerMessage = PeerBody & {
  /** The id of the sender's call; empty if it has none, because it declines. */
  readonly from: string;
  /** The id of the other's call; null if the sender does not know it. */
  readonly to: string | null;
};

/** The protocol has three signal types. Each kind of message uses the closest one. */
export const SIGNAL_TYPE_OF: Readonly<Record<PeerBody["kind"], SignalType>> = {
  hello: "offer",
  offer: "offer",
  answer: "answer",
  go: "answer",
  refuse: "answer",
  candidate: "ice-candidate",
  bye: "ice-candidate",
};

/** Ids are uuids, or whatever another program makes of them. Every message repeats the other side's, so a long one would fill it. */
const MAX_ID_CHARS = 128;

/** Whether `value` can be the id of a call. */
export function isCallId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ID_CHARS;
}

/** Returns null if `data` is not a peer's message. The other side may be any program, so every field is checked. */
export function readPeerMessage(data: unknown): PeerMessage | null {
  const message = isObject(data) && data["peer"];
  if (!isObject(message)) return null;
  const { from, to, kind, sdp, number, answered, ask, candidate } = message;
  const hasAddress = isCallId(from) && (isCallId(to) || to === null);
  const hasNumber = typeof number === "number";
  const isDescription = typeof sdp === "string" && hasNumber;
  const hasBody =
    (kind === "hello" && (ask === undefined || typeof ask === "number")) ||
    kind === "bye" ||
    (kind === "candidate" && isObject(candidate)) ||
    ((kind === "refuse" || kind === "go") && hasNumber) ||
    (kind === "answer" && isDescription) ||
    (kind === "offer" && isDescription && (answered === undefined || typeof answered === "number"));
  // Every field of the union was checked above.
  return hasAddress && hasBody ? (message as unknown as PeerMessage) : null;
}
