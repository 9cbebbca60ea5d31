/**
 * The negotiation of one call: "perfect negotiation" over a link that loses messages, as a pure machine. It knows no
 * RTCPeerConnection, no clock and no client: `handle` takes what happened and returns what to do. `call.ts` does it.
 *
 * The two sides synchronise a state rather than exchange messages. The state of a side is its open offer, if it has one, and
 * its verdict on the other's last offer. Both are kept, and sent again whenever the other side may lack them.
 */
import type { PeerBody, PeerMessage } from "./message.ts";
import { DEBT_OF, DEBTS, type Command, type Debt, type Input, type Step, type Wait } from "./moves.ts";
import { HEAD_START_MS, OFFERS_PER_SECOND } from "./offer-pace.ts";

/** After so many failures in a row, a call goes on without what it wanted. One more useless RTCPeerConnection ends it. */
export const MAX_RETRIES = 3;

/** The pause after the first failure. Each further one doubles it. */
export const RETRY_MS = 1_000;

interface Description {
  readonly number: number;
  sdp: string;
}

/** On the offer of this number. `sdp` is the answer; null: the offer was refused. */
interface Verdict {
  readonly number: number;
  sdp: string | null;
}

const NO_VERDICT: Verdict = { number: 0, sdp: null };

export class Negotiation {
  readonly #isPolite: boolean;
  readonly #newId: () => string;
  #callId: string;
  #remoteId: string | null = null;
  /** This side's offer, as long as it has no verdict. */
  #offer: Description | null = null;
  #offerNumber = 0;
  /** On the other side's last offer. */
  #verdict = NO_VERDICT;
  #step: Step | null = null;
  #isDue = false;
  /** Whether this RTCPeerConnection has taken a description of the other side. */
  #isTouched = false;
  /** The other side took an offer whose answer could not be applied: the sessions differ until the next negotiation. */
  #isDiverged = false;
  #failures = 0;
  /** RTCPeerConnections in a row that were of no use. */
  #breaks = 0;
  #hasGivenUp = false;
  #offersThisSecond = 0;
  #isConnected = false;
  #isEnded = false;
  #inbox: PeerMessage[] = [];
  #candidates: object[] = [];
  readonly #debts = new Set<Debt>();
  readonly #waits = new Set<Wait>();
  readonly #commands: Command[] = [];

  /** `newId` returns the id of a call, another one each time. */
  constructor(isPolite: boolean, newId: () => string) {
    this.#isPolite = isPolite;
    this.#newId = newId;
    this.#callId = newId();
  }

  handle(input: Input): Command[] {
    if (!this.#isEnded) this.#take(input);
    if (!this.#isEnded) this.#advance();
    return this.#commands.splice(0);
  }

  #take(input: Input): void {
    switch (input.kind) {
      case "wish":
        this.#isDue = true;
        // One that comes during the pause after a failure may be the same wish, told again by the rollback.
        if (!this.#waits.has("retry")) this.#hasGivenUp = false;
        return;
      case "heard":
        // A bye acts at once, even if a step never ends.
        if (input.message.kind === "bye" && this.#concerns(input.message)) this.#end("remote");
        else this.#inbox.push(input.message);
        return;
      case "unsent":
        return this.#unsent(input.message, input.afterMs);
      case "connected":
        this.#isConnected = true;
        this.#waits.delete("resend");
        this.#breaks = 0;
        this.#resynchronise();
        if (this.#isTouched && !input.isUp) this.#do({ kind: "restart-ice" });
        return;
      case "disconnected":
        this.#isConnected = false;
        return;
      case "lost":
        this.#resynchronise();
        return this.#do({ kind: "restart-ice" });
      case "done":
        return this.#done(input.sdp);
      case "failed":
        return this.#failed(input.how);
      case "candidate":
        this.#candidates.push(input.candidate);
        return;
      case "gathered":
        return this.#gathered(input.type, input.sdp);
      case "waited":
        this.#waits.delete(input.wait);
        if (input.wait === "second") this.#offersThisSecond = 0;
        return;
      case "renew":
        return this.#renew();
      case "close":
        return this.#end("local");
    }
  }

  #advance(): void {
    while (this.#step === null && !this.#isEnded) {
      const message = this.#inbox.shift();
      if (message === undefined) break;
      this.#read(message);
    }
    if (this.#isEnded) return;
    const canOffer =
      this.#step === null &&
      this.#offer === null &&
      this.#remoteId !== null &&
      this.#waits.size === 0 &&
      !this.#hasGivenUp;
    if (this.#isDue && canOffer) this.#makeOffer();
    this.#payDebts();
  }

  #makeOffer(): void {
    this.#isDue = false;
    if (this.#offersThisSecond === 0) this.#do({ kind: "wait", wait: "second", ms: 1000 });
    if ((this.#offersThisSecond += 1) >= OFFERS_PER_SECOND) this.#waits.add("second");
    this.#begin({ kind: "offer" });
  }

  /** Each step but an offer ends what became of this side's own. */
  #begin(step: Step): void {
    this.#step = step;
    this.#offer = null;
    this.#isTouched ||= step.kind === "accept" || step.kind === "apply";
    this.#do({ kind: "step", step });
  }

  /** What leaves is what is true now, so what became stale while it waited never leaves. */
  #payDebts(): void {
    if (!this.#isConnected || this.#waits.has("resend")) return;
    for (const debt of DEBTS) if (this.#debts.delete(debt)) this.#send(this.#bodyOf(debt));
    // Candidates follow the description that they belong to.
    if (this.#step !== null) return;
    for (const candidate of this.#candidates.splice(0)) this.#send({ kind: "candidate", candidate });
  }

  #bodyOf(debt: Debt): PeerBody | null {
    if (debt === "hello") return { kind: "hello" };
    const { number, sdp } = this.#verdict;
    if (debt === "offer") return this.#offer && { kind: "offer", ...this.#offer, answered: number };
    if (number === 0) return null;
    return sdp === null ? { kind: "refuse", number } : { kind: "answer", sdp, number };
  }

  #send(body: PeerBody | null): void {
    if (body !== null) this.#do({ kind: "send", message: this.#address(body) });
  }

  #address(body: PeerBody): PeerMessage {
    return { from: this.#callId, to: this.#remoteId, ...body };
  }

  /** Signals may be lost: says what the other side may lack, and makes it say what this side may lack. */
  #resynchronise(): void {
    this.#debts.add("hello").add("offer");
    this.#hope();
  }

  /** There is news, so that a negotiation may succeed again. */
  #hope(): void {
    this.#failures = 0;
    this.#hasGivenUp = false;
  }

  #unsent(message: PeerMessage, afterMs: number): void {
    if (message.from !== this.#callId || message.to !== this.#remoteId) return;
    const debt = DEBT_OF[message.kind];
    if (debt !== undefined) this.#debts.add(debt);
    // The other side drops what comes from a call that it does not know.
    if (debt === "hello") this.#debts.add("offer");
    if (message.kind === "candidate") this.#candidates.push(message.candidate);
    this.#wait("resend", afterMs);
  }

  /** Whether a bye, or any other message but a hello, is from the known call of the other side and for this call. */
  #concerns({ from, to, kind }: PeerMessage): boolean {
    const isBye = kind === "bye";
    // A declining peer has no call of its own, so accept its bye only before we know the other side. A peer that hangs up
    // early may not know us.
    const isFromThem =
      from === this.#remoteId || (isBye && this.#remoteId === null && to !== null);
    return isFromThem && (to === this.#callId || (isBye && to === null));
  }

  #read(message: PeerMessage): void {
    if (message.kind === "hello") return this.#readHello(message.from, message.to);
    if (!this.#concerns(message)) return;
    switch (message.kind) {
      case "offer":
        return this.#readOffer(message.sdp, message.number, message.answered ?? 0);
      case "answer":
        // A second copy, or an answer to an offer that was rolled back, no longer fits.
        if (this.#offer?.number === message.number) this.#begin({ kind: "apply", sdp: message.sdp });
        return;
      case "refuse":
        if (this.#offer?.number === message.number) this.#begin({ kind: "rollback" });
        return;
      case "candidate":
        return this.#do({ kind: "add-candidate", candidate: message.candidate });
      case "bye":
        return this.#end("remote");
    }
  }

  #readHello(from: string, to: string | null): void {
    const mustReply = to !== this.#callId;
    if (from !== this.#remoteId) return this.#newCall(from, mustReply);
    if (mustReply) this.#debts.add("hello");
    this.#debts.add("offer");
  }

  /** The other side has called `peer()`, or replaced its RTCPeerConnection. */
  #newCall(remoteId: string, mustReply: boolean): void {
    this.#remoteId = remoteId;
    this.#verdict = NO_VERDICT;
    this.#candidates = [];
    this.#hope();
    if (this.#isTouched) this.#renew();
    if (mustReply) this.#debts.add("hello");
    this.#debts.add("offer");
    // When two peers meet, both want to offer, and implementations handle the rollback of crossing offers badly.
    if (this.#isPolite) this.#wait("head-start", HEAD_START_MS);
  }

  #readOffer(sdp: string, number: number, answered: number): void {
    if (number === this.#verdict.number) this.#debts.add("verdict");
    if (number <= this.#verdict.number) return;
    if (this.#offer !== null) {
      // The other side has answered this side's offer, and made its own on top of that. The answer was lost: ask for both.
      if (answered >= this.#offer.number) return void this.#debts.add("hello");
      // The offers crossed, and the other side takes back its own.
      if (!this.#isPolite) return this.#do({ kind: "ignore-offer" });
    }
    this.#waits.delete("head-start");
    this.#begin({ kind: "accept", sdp, number });
  }

  #done(sdp: string): void {
    const step = this.#step;
    this.#step = null;
    if (step?.kind === "offer") {
      this.#offer = { number: (this.#offerNumber += 1), sdp };
      this.#debts.add("offer");
    } else if (step?.kind === "rollback") {
      this.#retry(false, true);
    } else {
      if (step?.kind === "accept") this.#judge(step.number, sdp);
      else this.#breaks = 0;
      this.#isDiverged = false;
      this.#hope();
    }
  }

  #judge(number: number, sdp: string | null): void {
    this.#verdict = { number, sdp };
    this.#debts.add("verdict");
  }

  #failed(how: "refused" | "hopeless" | "broken"): void {
    const step = this.#step;
    this.#step = null;
    if (how === "broken") return this.#recover();
    // The other side tries again.
    if (step?.kind === "accept") return this.#judge(step.number, null);
    if (step?.kind === "apply") this.#isDiverged = true;
    this.#retry(how === "hopeless", false);
  }

  #retry(isHopeless: boolean, isTheirs: boolean): void {
    this.#isDue = true;
    this.#failures += 1;
    if (isHopeless || this.#failures > MAX_RETRIES) {
      if (this.#isDiverged) return this.#recover();
      this.#hasGivenUp = true;
      if (isTheirs) this.#do({ kind: "give-up" });
    }
    this.#pause();
  }

  /** The RTCPeerConnection is of no use any more. */
  #recover(): void {
    if ((this.#breaks += 1) > MAX_RETRIES) return this.#end("local");
    this.#renew();
    this.#pause();
  }

  #pause(): void {
    this.#wait("retry", RETRY_MS * 2 ** Math.min(this.#failures + this.#breaks - 1, MAX_RETRIES));
  }

  /** Each RTCPeerConnection is a call of its own, so that no message of the last one can be taken for one of the next. */
  #renew(): void {
    this.#callId = this.#newId();
    this.#step = this.#offer = null;
    this.#verdict = NO_VERDICT;
    this.#candidates = [];
    // The new RTCPeerConnection tells what it needs.
    this.#isDue = this.#isTouched = this.#isDiverged = this.#hasGivenUp = false;
    this.#debts.add("hello");
    this.#do({ kind: "replace" });
  }

  /** A description that is sent again contains its candidates so far. */
  #gathered(type: string, sdp: string): void {
    if (type === "offer" && this.#offer !== null) this.#offer.sdp = sdp;
    if (type === "answer" && this.#verdict.sdp !== null) this.#verdict.sdp = sdp;
  }

  #wait(wait: Wait, ms: number): void {
    this.#waits.add(wait);
    this.#do({ kind: "wait", wait, ms });
  }

  #end(by: "local" | "remote"): void {
    this.#isEnded = true;
    const bye = by === "local" ? this.#address({ kind: "bye" }) : null;
    const isUrgent = this.#isTouched || this.#offerNumber > 0;
    this.#do({ kind: "end", by, bye, isUrgent });
  }

  #do(command: Command): void {
    this.#commands.push(command);
  }
}

/** The side with the smaller id is polite. `peer()` refuses two equal ids. */
export function isPolite(clientId: string, targetId: string): boolean {
  return clientId < targetId;
}
