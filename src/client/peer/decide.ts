/** Decides what a peer does with a message of the other: perfect negotiation as a pure function. */
import type { PeerMessage } from "./message.ts";

/** What this side of a call knows when a message arrives. */
export interface NegotiationState {
  /** The id of this side's call. */
  readonly callId: string;
  /** The id of the other side's call; null before its first hello. */
  readonly remoteCallId: string | null;
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

/** What to do with one message. */
export type Action =
  /** The message is stale or useless. */
  | { readonly kind: "drop" }
  /**
   * The other side has called `peer()`. `isReplacement`: an earlier call of it was known, whose RTCPeerConnection is gone.
   * `shouldReply`: the other side does not know this side's call.
   */
  | {
      readonly kind: "new-call";
      readonly remoteCallId: string;
      readonly isReplacement: boolean;
      readonly shouldReply: boolean;
    }
  /** The other side is back, and may have missed an offer. */
  | { readonly kind: "resend-offer"; readonly shouldReply: boolean }
  | {
      readonly kind: "accept-offer";
      readonly sdp: string;
      readonly number: number;
      readonly mustRollBack: boolean;
    }
  /** The offer came again, because the answer was lost. */
  | { readonly kind: "resend-answer" }
  /** The offer crossed this side's offer, which stands. Candidates of the ignored offer may fail to apply. */
  | { readonly kind: "ignore-offer" }
  | { readonly kind: "accept-answer"; readonly sdp: string }
  | { readonly kind: "add-candidate"; readonly candidate: object }
  | { readonly kind: "end" };

const DROP: Action = { kind: "drop" };

/** Pure. Returns `drop` for a message that is not for this call, or not from the known call of the other side. */
export function decide(message: PeerMessage, state: NegotiationState): Action {
  const { from, to, kind } = message;
  const { callId, remoteCallId } = state;
  if (kind === "hello") return decideHello(from, to !== callId, remoteCallId);
  const isBye = kind === "bye";
  // A declining peer has no call of its own, so accept its bye only before we know the other side. A peer that hangs up
  // early may not know us.
  const isFromThem = from === remoteCallId || (isBye && remoteCallId === null && to !== null);
  const isForUs = to === callId || (isBye && to === null);
  return isFromThem && isForUs ? decideCurrent(message, state) : DROP;
}

function decideHello(from: string, shouldReply: boolean, remoteCallId: string | null): Action {
  if (from === remoteCallId) return { kind: "resend-offer", shouldReply };
  const isReplacement = remoteCallId !== null;
  return { kind: "new-call", remoteCallId: from, isReplacement, shouldReply };
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
      return { kind: "accept-offer", sdp, number, mustRollBack: hasOffered };
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

/** The side with the smaller id is polite. `peer()` refuses two equal ids. */
export function isPolite(clientId: string, targetId: string): boolean {
  return clientId < targetId;
}
