/** What the negotiation of a call takes in, and what it wants done. Plain data, so that a test can play both. */
import type { PeerMessage } from "./message.ts";

/** One step of an RTCPeerConnection, from a stable state or an open offer to a stable state or an open offer. */
export type Step =
  /** Makes an offer. Done with its SDP. */
  | { readonly kind: "offer" }
  /** Takes the other side's offer, after this side's own was rolled back if it has one, and answers. Done with the answer's SDP. */
  | { readonly kind: "accept"; readonly sdp: string; readonly number: number }
  /** Takes the answer to this side's offer. */
  | { readonly kind: "apply"; readonly sdp: string }
  /** Takes back this side's offer. */
  | { readonly kind: "rollback" };

/**
 * Why something may have to wait: the other side's first offer, the rate of offers, a step that failed, a message that
 * could not be sent.
 */
export type Wait = "head-start" | "second" | "retry" | "resend";

/** What happens. */
export type Input =
  /** The RTCPeerConnection needs a negotiation. */
  | { readonly kind: "wish" }
  | { readonly kind: "heard"; readonly message: PeerMessage }
  /** A message was, or may have been, lost, and may leave again after a pause. */
  | { readonly kind: "unsent"; readonly message: PeerMessage; readonly afterMs: number }
  /** The client has a session. `isUp`: the RTCPeerConnection is connected all the same. */
  | { readonly kind: "connected"; readonly isUp: boolean }
  | { readonly kind: "disconnected" }
  /** The RTCPeerConnection has failed: no network path works any more. */
  | { readonly kind: "lost" }
  /** The step is done. */
  | { readonly kind: "done"; readonly sdp: string }
  /**
   * The step has failed. `refused`: the RTCPeerConnection is stable, as it was before. `hopeless`: so it is, and the same
   * step would fail again. `broken`: nobody knows what state the RTCPeerConnection is in, or a restart of ICE failed.
   */
  | { readonly kind: "failed"; readonly how: "refused" | "hopeless" | "broken" }
  | { readonly kind: "candidate"; readonly candidate: object }
  /** The local description contains more candidates now. */
  | { readonly kind: "gathered"; readonly type: string; readonly sdp: string }
  | { readonly kind: "waited"; readonly wait: Wait }
  /** Another RTCPeerConnection is needed. */
  | { readonly kind: "renew" }
  | { readonly kind: "close" };

/** What to do. */
export type Command =
  /** Ends with the input `done` or `failed`. No other step begins before. */
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "send"; readonly message: PeerMessage }
  | { readonly kind: "add-candidate"; readonly candidate: object }
  /** Candidates of the other side's offer need not fit from here on. */
  | { readonly kind: "ignore-offer" }
  /**
   * Puts another RTCPeerConnection in the place of this one. A step that runs is void. `isTheirs`: because the other side has
   * another one.
   */
  | { readonly kind: "replace"; readonly isTheirs: boolean }
  | { readonly kind: "restart-ice" }
  /** Leads to the input `waited`. A second wait of the same name replaces the first. */
  | { readonly kind: "wait"; readonly wait: Wait; readonly ms: number }
  /** The other side has refused an offer again and again. */
  | { readonly kind: "give-up" }
  /** The last command. `bye` is to be sent; `isUrgent`: at once, since the other side has a description of this one. */
  | {
      readonly kind: "end";
      readonly by: "local" | "remote";
      readonly bye: PeerMessage | null;
      readonly isUrgent: boolean;
    };
