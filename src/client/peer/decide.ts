/** Decides what a peer does with a message of the other: perfect negotiation as a pure function. */
import type { PeerMessage } from "./message.ts";

export interface NegotiationState {
  /** This side's session. */
  readonly session: string;
  /** The other side's session; null before its first hello. */
  readonly remoteSession: string | null;
  /** Whether this side takes back its own offer when two offers cross. */
  readonly isPolite: boolean;
  /** The RTCPeerConnection's signalingState. */
  readonly signalingState: string;
  /** The type of the RTCPeerConnection's local description; undefined if there is none. */
  readonly localType: string | undefined;
  /** The number of this side's last offer; 0 if there is none. */
  readonly offerNumber: number;
  /** The number of the other side's last offer that was accepted; 0 if there is none. */
  readonly acceptedNumber: number;
}

export type Action =
  /** The message is stale or useless. */
  | { readonly kind: "drop" }
  /**
   * The other side's session has begun. `isReplacement`: an earlier session was known, and its RTCPeerConnection is gone.
   * `reply`: the other side does not know this session.
   */
  | {
      readonly kind: "new-session";
      readonly remoteSession: string;
      readonly isReplacement: boolean;
      readonly reply: boolean;
    }
  /** The other side is back, and may have missed an offer. */
  | { readonly kind: "resend-offer"; readonly reply: boolean }
  | {
      readonly kind: "accept-offer";
      readonly sdp: string;
      readonly number: number;
      readonly rollBack: boolean;
    }
  /** The offer came again, because the answer was lost. */
  | { readonly kind: "resend-answer" }
  /** The offer crossed this side's offer, which stands. Its candidates need not fit. */
  | { readonly kind: "ignore-offer" }
  | { readonly kind: "accept-answer"; readonly sdp: string }
  | { readonly kind: "add-candidate"; readonly candidate: object }
  | { readonly kind: "end" };

const DROP: Action = { kind: "drop" };

export function decide(message: PeerMessage, state: NegotiationState): Action {
  const { from, to, kind } = message;
  const { session, remoteSession } = state;
  if (kind === "hello") return decideHello(from, to !== session, remoteSession);
  const isBye = kind === "bye";
  // A peer that declines has no session, so its bye counts only before this side knows one. A peer that hangs up early
  // may not know this side's session.
  const isFromThem = from === remoteSession || (isBye && remoteSession === null && to !== null);
  const isForUs = to === session || (isBye && to === null);
  return isFromThem && isForUs ? decideCurrent(message, state) : DROP;
}

function decideHello(from: string, reply: boolean, remoteSession: string | null): Action {
  return from === remoteSession
    ? { kind: "resend-offer", reply }
    : { kind: "new-session", remoteSession: from, isReplacement: remoteSession !== null, reply };
}

function decideCurrent(
  message: Exclude<PeerMessage, { kind: "hello" }>,
  state: NegotiationState,
): Action {
  const hasOffered = state.signalingState === "have-local-offer";
  switch (message.kind) {
    case "offer": {
      const { sdp, number } = message;
      if (number <= state.acceptedNumber) return decideOldOffer(number, state);
      if (hasOffered && !state.isPolite) return { kind: "ignore-offer" };
      return { kind: "accept-offer", sdp, number, rollBack: hasOffered };
    }
    case "answer":
      // A second copy, or an answer to an offer that was rolled back, no longer fits.
      return hasOffered && message.number === state.offerNumber
        ? { kind: "accept-answer", sdp: message.sdp }
        : DROP;
    case "candidate":
      return { kind: "add-candidate", candidate: message.candidate };
    case "bye":
      return { kind: "end" };
  }
}

function decideOldOffer(
  number: number,
  { acceptedNumber, signalingState, localType }: NegotiationState,
): Action {
  const isAnswered = signalingState === "stable" && localType === "answer";
  return number === acceptedNumber && isAnswered ? { kind: "resend-answer" } : DROP;
}

/** Both sides compare the same two ids and so agree. `peer()` refuses two equal ids. */
export function isPolite(clientId: string, targetId: string): boolean {
  return clientId < targetId;
}
