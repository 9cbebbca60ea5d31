/**
 * What one side of a call says to the other: its open offer, its verdict on the other's last offer, its candidates, and that
 * it is there. Pure. What leaves is what is true when it leaves, in a fixed order, so that nothing stale ever does.
 */
import type { PeerBody, PeerMessage } from "./message.ts";
import type { Command } from "./moves.ts";
import type { Turn } from "./turn.ts";

/** What a call may owe the other side, in the order in which it leaves. A verdict is on an offer before the own one. */
const DEBTS = ["hello", "verdict", "go", "offer"] as const;

type Debt = (typeof DEBTS)[number];

/** The debt that a lost message leaves. */
const DEBT_OF: Readonly<Partial<Record<PeerBody["kind"], Debt>>> = {
  hello: "hello",
  offer: "offer",
  answer: "verdict",
  refuse: "verdict",
  go: "go",
};

export class Outbox {
  callId: string;
  readonly turn: Turn;
  /** The id of the other side's call; null while it is unknown. */
  remoteId: string | null = null;
  /** This side's offer, as long as it has no verdict. */
  offer: { readonly number: number; sdp: string } | null = null;
  isConnected = false;
  /** On the other side's last offer. `sdp` is the answer; null: the offer was refused. */
  #verdict: { number: number; sdp: string | null } = { number: 0, sdp: null };
  #candidates: object[] = [];
  readonly #debts = new Set<Debt>();

  constructor(callId: string, turn: Turn) {
    this.callId = callId;
    this.turn = turn;
  }

  /** The number of the other side's last offer that has a verdict; 0 if there is none. */
  get judged(): number {
    return this.#verdict.number;
  }

  owe(...debts: Debt[]): void {
    for (const debt of debts) this.#debts.add(debt);
  }

  judge(number: number, sdp: string | null): void {
    this.#verdict = { number, sdp };
    this.owe("verdict");
  }

  addCandidate(candidate: object): void {
    this.#candidates.push(candidate);
  }

  /** A description that is sent again contains its candidates so far. */
  gathered(type: string, sdp: string): void {
    if (type === "offer" && this.offer !== null) this.offer.sdp = sdp;
    if (type === "answer" && this.#verdict.sdp !== null) this.#verdict.sdp = sdp;
  }

  /** There is another call on the other side, which has made no offer and knows none. */
  meet(remoteId: string): void {
    this.remoteId = remoteId;
    this.#forget();
  }

  /** This side begins anew. */
  renew(callId: string): void {
    this.callId = callId;
    this.offer = null;
    this.#forget();
    this.owe("hello");
  }

  #forget(): void {
    this.#verdict = { number: 0, sdp: null };
    this.#candidates = [];
    this.turn.forget();
  }

  /** The message may be lost. Returns whether that matters still. */
  lost(message: PeerMessage): boolean {
    if (message.from !== this.callId || message.to !== this.remoteId) return false;
    const debt = DEBT_OF[message.kind];
    if (debt !== undefined) this.owe(debt);
    // The other side drops what comes from a call that it does not know.
    if (debt === "hello") this.owe("offer");
    if (message.kind === "candidate") this.addCandidate(message.candidate);
    return true;
  }

  /** Takes out what is to leave now. Candidates follow the description that they belong to, so a step has to end first. */
  take(isStepRunning: boolean): Command[] {
    if (!this.isConnected) return [];
    const bodies: (PeerBody | null)[] = [];
    for (const debt of DEBTS) if (this.#debts.delete(debt)) bodies.push(this.#bodyOf(debt));
    if (!isStepRunning) {
      for (const candidate of this.#candidates.splice(0))
        bodies.push({ kind: "candidate", candidate });
    }
    return bodies.flatMap((body) =>
      body === null ? [] : { kind: "send", message: this.address(body) },
    );
  }

  address(body: PeerBody): PeerMessage {
    return { from: this.callId, to: this.remoteId, ...body };
  }

  #bodyOf(debt: Debt): PeerBody | null {
    const { ask, go } = this.turn;
    if (debt === "hello") return { kind: "hello", ask };
    if (debt === "go") return go === 0 ? null : { kind: "go", number: go };
    const { number, sdp } = this.#verdict;
    if (debt === "offer") return this.offer && { kind: "offer", ...this.offer, answered: number };
    if (number === 0) return null;
    return sdp === null ? { kind: "refuse", number } : { kind: "answer", sdp, number };
  }

  /** Whether a bye, or any other message but a hello, is from the known call of the other side and for this call. */
  concerns({ from, to, kind }: PeerMessage): boolean {
    const isBye = kind === "bye";
    // A declining peer has no call of its own, so accept its bye only before we know the other side. A peer that hangs up
    // early may not know us.
    const isFromThem = from === this.remoteId || (isBye && this.remoteId === null && to !== null);
    return isFromThem && (to === this.callId || (isBye && to === null));
  }
}
