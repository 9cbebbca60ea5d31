/** What a message of the other peer means, given how things stand: perfect negotiation as a pure function. */
import type { PeerMessage } from "./message.ts";

export interface Standing {
  /** This side's session. */
  readonly session: string;
  /** The other side's; null: it has not said hello yet. */
  readonly remote: string | null;
  /** Of two offers that cross, the polite side takes its own back. */
  readonly isPolite: boolean;
  /** Of the RTCPeerConnection. */
  readonly signalingState: string;
  /** Of the RTCPeerConnection's local description; undefined: none. */
  readonly localType: string | undefined;
  /** The number of this side's last offer; 0: none. */
  readonly offerNumber: number;
  /** The number of the last offer of the other side that was taken; 0: none. */
  readonly takenNumber: number;
}

export type Action =
  /** Stale, or of no use now. */
  | { readonly kind: "drop" }
  /**
   * The other side's session has begun. `isReplacement`: instead of one that was known, whose RTCPeerConnection is gone.
   * `reply`: it does not know this one.
   */
  | {
      readonly kind: "meet";
      readonly remote: string;
      readonly isReplacement: boolean;
      readonly reply: boolean;
    }
  /** It is back, and may have missed an offer. */
  | { readonly kind: "restate"; readonly reply: boolean }
  | {
      readonly kind: "take-offer";
      readonly sdp: string;
      readonly number: number;
      readonly rollBack: boolean;
    }
  /** It came again: the answer was lost. */
  | { readonly kind: "answer-again" }
  /** It crossed ours, which stands. So do not complain of its candidates. */
  | { readonly kind: "ignore-offer" }
  | { readonly kind: "take-answer"; readonly sdp: string }
  | { readonly kind: "add-candidate"; readonly candidate: object }
  | { readonly kind: "end" };

const DROP: Action = { kind: "drop" };

export function decide(message: PeerMessage, standing: Standing): Action {
  const { from, to, kind } = message;
  if (kind === "hello") return meet(from, to !== standing.session, standing.remote);
  const isBye = kind === "bye";
  // Who declines has no session, and is nobody that has been met; who hangs up early may not know this one.
  const isFromThem = from === standing.remote || (isBye && standing.remote === null && to !== null);
  const isForUs = to === standing.session || (isBye && to === null);
  return isFromThem && isForUs ? proceed(message, standing) : DROP;
}

function meet(from: string, reply: boolean, remote: string | null): Action {
  return from === remote
    ? { kind: "restate", reply }
    : { kind: "meet", remote: from, isReplacement: remote !== null, reply };
}

function proceed(message: Exclude<PeerMessage, { kind: "hello" }>, standing: Standing): Action {
  const hasOffered = standing.signalingState === "have-local-offer";
  switch (message.kind) {
    case "offer": {
      const { sdp, number } = message;
      if (number <= standing.takenNumber) return repeat(number, standing);
      if (hasOffered && !standing.isPolite) return { kind: "ignore-offer" };
      return { kind: "take-offer", sdp, number, rollBack: hasOffered };
    }
    case "answer":
      // An answer that comes twice, or to an offer that was rolled back, has no place any more.
      return hasOffered && message.number === standing.offerNumber
        ? { kind: "take-answer", sdp: message.sdp }
        : DROP;
    case "candidate":
      return { kind: "add-candidate", candidate: message.candidate };
    case "bye":
      return { kind: "end" };
  }
}

function repeat(number: number, { takenNumber, signalingState, localType }: Standing): Action {
  const isAnswered = signalingState === "stable" && localType === "answer";
  return number === takenNumber && isAnswered ? { kind: "answer-again" } : DROP;
}

/** Both sides compare the same two ids and so agree. The same id on both ends is refused before. */
export function isPolite(clientId: string, targetId: string): boolean {
  return clientId < targetId;
}
