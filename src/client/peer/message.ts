/**
 * What two peers say to each other inside the data of signals (README, "What goes over the wire"). Every message names
 * the session it comes from and the one it is meant for: a session is one `peer()` call, so what a page said before it
 * was reloaded, or what was meant for it, is known as stale.
 */
import type { Signal, SignalType } from "../signal.ts";

export type PeerBody =
  /** "Here I am": from a session that does not know the other's yet, or is back. */
  | { readonly kind: "hello" }
  /** `number` counts the offers of a session; an answer has its offer's. */
  | { readonly kind: "offer" | "answer"; readonly sdp: string; readonly number: number }
  /** An RTCIceCandidateInit. */
  | { readonly kind: "candidate"; readonly candidate: object }
  | { readonly kind: "bye" };

export interface PeerMessage {
  readonly from: string;
  /** null: the sender does not know the other's session. */
  readonly to: string | null;
  readonly body: PeerBody;
}

/** The protocol has three types; the closest carries it. */
export const SIGNAL_TYPE_OF: Readonly<Record<PeerBody["kind"], SignalType>> = {
  hello: "offer",
  offer: "offer",
  answer: "answer",
  candidate: "ice-candidate",
  bye: "ice-candidate",
};

/** The form on the wire: `{peer: {from, to}, hello | description | candidate | bye}`. */
export function toSignalData({ from, to, body }: PeerMessage): object {
  const peer = { from, to };
  switch (body.kind) {
    case "hello":
      return { peer, hello: true };
    case "offer":
    case "answer":
      return { peer, description: { type: body.kind, sdp: body.sdp }, number: body.number };
    case "candidate":
      return { peer, candidate: body.candidate };
    case "bye":
      return { peer, bye: true };
  }
}

/** null: not a peer's. The other side is not ours: nothing is taken on trust. */
export function fromSignalData(data: unknown): PeerMessage | null {
  if (!isObject(data) || !isObject(data["peer"])) return null;
  const { from, to } = data["peer"];
  const body = readBody(data);
  return typeof from === "string" && (typeof to === "string" || to === null) && body !== null
    ? { from, to, body }
    : null;
}

/**
 * Whether a signal that no `peer()` takes yet calls, or hangs up. `call`: answer it with `peer(client, signal.source)`,
 * whenever you like; nothing of it is lost meanwhile.
 */
export function callOf(signal: Signal): "call" | "hang-up" | null {
  const message = fromSignalData(signal.data);
  const kind = message?.body.kind;
  if (kind === "bye") return "hang-up";
  return kind === "offer" || (kind === "hello" && message?.to === null) ? "call" : null;
}

function readBody(data: Record<string, unknown>): PeerBody | null {
  const { description, candidate, number } = data;
  if (data["hello"] === true) return { kind: "hello" };
  if (data["bye"] === true) return { kind: "bye" };
  if (isObject(candidate)) return { kind: "candidate", candidate };
  if (!isObject(description) || typeof number !== "number") return null;
  const { type, sdp } = description;
  return (type === "offer" || type === "answer") && typeof sdp === "string"
    ? { kind: type, sdp, number }
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
