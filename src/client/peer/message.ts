/**
 * What two peers say to each other, as the data of signals: `{peer: PeerMessage}`. Every message names the session it
 * comes from and the one it is meant for. A session is one `peer()` call: so what a page said before it was reloaded, or
 * what was meant for it, is known as stale.
 */
import { isObject } from "../../protocol/json.ts";
import type { Signal, SignalType } from "../signal.ts";

export type PeerBody =
  /** "Here I am": from a session that does not know the other's yet, or is back. */
  | { readonly kind: "hello" }
  /** `number` counts the offers of a session, from 1; an answer has its offer's. */
  | { readonly kind: "offer" | "answer"; readonly sdp: string; readonly number: number }
  /** An RTCIceCandidateInit. */
  | { readonly kind: "candidate"; readonly candidate: object }
  | { readonly kind: "bye" };

export type PeerMessage = PeerBody & {
  readonly from: string;
  /** null: the sender does not know the other's session. */
  readonly to: string | null;
};

/** The protocol has three types; the closest carries it. */
export const SIGNAL_TYPE_OF: Readonly<Record<PeerBody["kind"], SignalType>> = {
  hello: "offer",
  offer: "offer",
  answer: "answer",
  candidate: "ice-candidate",
  bye: "ice-candidate",
};

/** null: not a peer's. The other side is not ours: nothing is taken on trust. */
export function readPeerMessage(data: unknown): PeerMessage | null {
  const message = isObject(data) && data["peer"];
  if (!isObject(message)) return null;
  const { from, to, kind, sdp, number, candidate } = message;
  const isAddressed = typeof from === "string" && (typeof to === "string" || to === null);
  const isWhole =
    kind === "hello" ||
    kind === "bye" ||
    (kind === "candidate" && isObject(candidate)) ||
    ((kind === "offer" || kind === "answer") &&
      typeof sdp === "string" &&
      typeof number === "number");
  // Every field of the union has been looked at.
  return isAddressed && isWhole ? (message as unknown as PeerMessage) : null;
}

/**
 * Whether a signal that no `peer()` takes yet calls, or hangs up. `call`: answer it with `peer(client, signal.source)`,
 * whenever you like, or with `decline(client, signal)`; nothing of it is lost meanwhile. What names a session was meant for
 * that one: it is no call, though the session may have ended since.
 */
export function callOf({ data }: Signal): "call" | "hang-up" | null {
  const message = readPeerMessage(data);
  if (message?.kind === "bye") return "hang-up";
  return message?.kind === "hello" && message.to === null ? "call" : null;
}
