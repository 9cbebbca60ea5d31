/**
 * The negotiation of one call over a link that loses messages, as a pure machine: "perfect negotiation", but that the polite
 * side asks before it makes an offer (`turn.ts`). It knows no RTCPeerConnection, no clock and no client: `handle` takes what happened and returns what to do. `call.ts` does it.
 *
 * The two sides synchronise a state rather than exchange messages. What a side says is its open offer and its verdict on the
 * other's last offer (`outbox.ts`). Both are kept, and sent again whenever the other side may lack them.
 */
import type { PeerMessage } from "./message.ts";
import type { Command, Input, Step, Wait } from "./moves.ts";
import { HEAD_START_MS, OFFERS_PER_SECOND } from "./offer-pace.ts";
import { Outbox } from "./outbox.ts";
import { Setbacks } from "./setbacks.ts";
import { Turn } from "./turn.ts";

export class Negotiation {
  readonly #isPolite: boolean;
  readonly #newId: () => string;
  readonly #turn: Turn;
  readonly #outbox: Outbox;
  readonly #setbacks = new Setbacks();
  readonly #inbox: PeerMessage[] = [];
  readonly #waits = new Set<Wait>();
  readonly #commands: Command[] = [];
  #step: Step | null = null;
  /** The RTCPeerConnection wants to negotiate. */
  #isDue = false;
  #offerNumber = 0;
  #offersThisSecond = 0;
  /** Whether an offer of this RTCPeerConnection was taken back. Chromium then refuses other offers, for good. */
  #hasRolledBack = false;
  /** Whether this RTCPeerConnection has taken a description of the other side. */
  #isTouched = false;
  /** The other side took an offer whose answer could not be applied: the sessions differ until the next negotiation. */
  #isDiverged = false;
  #isEnded = false;

  /** `newId` returns the id of a call, another one each time. */
  constructor(polite: boolean, newId: () => string) {
    this.#isPolite = polite;
    this.#newId = newId;
    this.#turn = new Turn(polite);
    this.#outbox = new Outbox(newId(), this.#turn);
  }

  handle(input: Input): Command[] {
    if (!this.#isEnded) this.#take(input);
    while (this.#step === null && !this.#isEnded) {
      const message = this.#inbox.shift();
      if (message === undefined) break;
      this.#read(message);
    }
    if (!this.#isEnded) this.#speak();
    return this.#commands.splice(0);
  }

  #take(input: Input): void {
    switch (input.kind) {
      case "wish":
        this.#isDue = true;
        // One that comes during the pause after a failure may be the same wish, told again by the rollback.
        if (!this.#waits.has("retry")) this.#setbacks.hasGivenUp = false;
        return;
      case "heard":
        // A bye acts at once, even if a step never ends.
        if (input.message.kind === "bye" && this.#outbox.concerns(input.message)) {
          return this.#end("remote");
        }
        this.#inbox.push(input.message);
        return;
      case "unsent":
        if (this.#outbox.lost(input.message)) this.#wait("resend", input.afterMs);
        return;
      case "connected":
        this.#outbox.isConnected = true;
        this.#waits.delete("resend");
        this.#setbacks.trust();
        this.#resynchronise();
        this.#outbox.owe("go");
        if (this.#isTouched && !input.isUp) this.#do({ kind: "restart-ice" });
        return;
      case "disconnected":
        this.#outbox.isConnected = false;
        return;
      case "lost":
        this.#resynchronise();
        return this.#do({ kind: "restart-ice" });
      case "done":
        return this.#done(input.sdp);
      case "failed":
        return this.#failed(input.how);
      case "candidate":
        return this.#outbox.addCandidate(input.candidate);
      case "gathered":
        return this.#outbox.gathered(input.type, input.sdp);
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

  #speak(): void {
    const outbox = this.#outbox;
    const isIdle = this.#step === null && outbox.offer === null && outbox.remoteId !== null;
    const isReady = this.#isDue && this.#waits.size === 0 && !this.#setbacks.hasGivenUp;
    if (isIdle && isReady && this.#turn.isMine) {
      this.#isDue = false;
      if (this.#offersThisSecond === 0) this.#do({ kind: "wait", wait: "second", ms: 1000 });
      this.#offersThisSecond += 1;
      if (this.#offersThisSecond >= OFFERS_PER_SECOND) this.#waits.add("second");
      this.#begin({ kind: "offer" });
    } else if (isIdle) {
      if (isReady && this.#turn.want()) outbox.owe("hello");
      if (this.#turn.yield()) outbox.owe("go");
    }
    // While a message waits, none that is newer overtakes it.
    if (!this.#waits.has("resend")) this.#commands.push(...this.#outbox.take(this.#step !== null));
  }

  /** A step is about this side's next offer, or ends its open one. */
  #begin(step: Step): void {
    this.#step = step;
    if (this.#outbox.offer !== null) {
      this.#turn.end();
      this.#hasRolledBack ||= step.kind !== "apply";
    }
    this.#outbox.offer = null;
    this.#isTouched ||= "sdp" in step;
    this.#do({ kind: "step", step });
  }

  /** Signals may be lost: says what the other side may lack, and makes it say what this side may lack. */
  #resynchronise(): void {
    this.#outbox.owe("hello", "offer");
    this.#setbacks.hope();
  }

  #read(message: PeerMessage): void {
    if (message.kind === "hello") return this.#readHello(message.from, message.to, message.ask);
    if (!this.#outbox.concerns(message)) return;
    switch (message.kind) {
      case "offer":
        return this.#readOffer(message.sdp, message.number, message.answered ?? 0);
      case "answer":
      case "refuse":
        // A second copy, or one for an offer that was rolled back, no longer fits.
        if (this.#outbox.offer?.number !== message.number) return;
        return this.#begin(
          message.kind === "answer" ? { kind: "apply", sdp: message.sdp } : { kind: "rollback" },
        );
      case "go":
        // One for an ask that is over binds the other side, which waits for an offer.
        return this.#turn.heardGo(message.number) ? undefined : this.#outbox.owe("hello");
      case "candidate":
        return this.#do({ kind: "add-candidate", candidate: message.candidate });
      case "bye":
        return this.#end("remote");
    }
  }

  #readHello(from: string, to: string | null, ask: number | undefined): void {
    const outbox = this.#outbox;
    this.#turn.isAskable = ask !== undefined;
    if (to !== outbox.callId) outbox.owe("hello");
    if (from !== outbox.remoteId) this.#meet(from);
    // What was asked for may be lost.
    if (this.#turn.ask !== 0) outbox.owe("hello");
    this.#turn.heardAsk(ask ?? 0);
    outbox.owe("offer", "go");
  }

  /** The other side has called `peer()`, or has another RTCPeerConnection. */
  #meet(remoteId: string): void {
    this.#outbox.meet(remoteId);
    this.#setbacks.hope();
    if (this.#isTouched) this.#renew(true);
    // When two peers meet, both want to offer.
    if (this.#isPolite && !this.#turn.isAskable) this.#wait("head-start", HEAD_START_MS);
  }

  #readOffer(sdp: string, number: number, answered: number): void {
    const outbox = this.#outbox;
    this.#turn.heardAsk(0);
    if (number === outbox.judged) outbox.owe("verdict");
    if (number <= outbox.judged) return;
    if (outbox.offer !== null) {
      // The other side has answered this side's offer, and made its own on top of that. The answer was lost: ask for both.
      if (answered >= outbox.offer.number) return outbox.owe("hello");
      // The offers crossed, and the other side takes back its own.
      if (!this.#isPolite) return this.#do({ kind: "ignore-offer" });
    }
    this.#waits.delete("head-start");
    // The wish of an offer that is rolled back stands. Not every implementation tells it again.
    this.#isDue ||= outbox.offer !== null;
    this.#begin({ kind: "accept", sdp, number });
  }

  #done(sdp: string): void {
    const step = this.#step;
    this.#step = null;
    if (step?.kind === "offer") {
      this.#outbox.offer = { number: (this.#offerNumber += 1), sdp };
      return this.#outbox.owe("offer");
    }
    if (step?.kind === "rollback") return this.#retry(false, true);
    if (step?.kind === "accept") this.#outbox.judge(step.number, sdp);
    else this.#setbacks.trust();
    this.#isDiverged = false;
    this.#setbacks.hope();
  }

  #failed(how: "refused" | "hopeless" | "broken"): void {
    const step = this.#step;
    this.#step = null;
    if (how === "broken" || (how === "refused" && this.#hasRolledBack)) return this.#recover();
    // The other side tries again.
    if (step?.kind === "accept") return this.#outbox.judge(step.number, null);
    this.#isDiverged ||= step?.kind === "apply";
    if (this.#turn.end()) this.#outbox.owe("hello");
    this.#retry(how === "hopeless", false);
  }

  /** An offer has come to nothing. `isTheirs`: the other side has refused it. */
  #retry(isHopeless: boolean, isTheirs: boolean): void {
    this.#isDue = true;
    this.#setbacks.failed(isHopeless);
    if (this.#setbacks.hasGivenUp) {
      if (this.#isDiverged) return this.#recover();
      if (isTheirs) this.#do({ kind: "give-up" });
    }
    this.#wait("retry", this.#setbacks.pauseMs);
  }

  /** The RTCPeerConnection is of no use any more. */
  #recover(): void {
    if (this.#setbacks.broke()) return this.#end("local");
    this.#renew();
    this.#wait("retry", this.#setbacks.pauseMs);
  }

  /** Each RTCPeerConnection is a call of its own, so that no message of the last one can be taken for one of the next. */
  #renew(isTheirs = false): void {
    this.#outbox.renew(this.#newId());
    this.#step = null;
    // The new RTCPeerConnection tells what it needs.
    this.#isDue = this.#isTouched = this.#isDiverged = this.#hasRolledBack = false;
    this.#setbacks.hasGivenUp = false;
    this.#do({ kind: "replace", isTheirs });
  }

  #wait(wait: Wait, ms: number): void {
    this.#waits.add(wait);
    this.#do({ kind: "wait", wait, ms });
  }

  #end(by: "local" | "remote"): void {
    this.#isEnded = true;
    const bye = by === "local" ? this.#outbox.address({ kind: "bye" }) : null;
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
