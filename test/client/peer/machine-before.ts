/** The negotiation of the SDK before `negotiation.ts`, by its rules: to talk with, and to prove that the world finds its fault. */
import type { PeerBody, PeerMessage } from "../../../src/client/peer/message.ts";
import type { Command, Input, Step } from "../../../src/client/peer/moves.ts";
import type { Machine } from "./negotiation-world.ts";

export class MachineBefore implements Machine {
  readonly #isPolite: boolean;
  readonly #callId: string;
  #remoteId: string | null = null;
  #state: "stable" | "have-local-offer" = "stable";
  #step: Step | null = null;
  #local: { readonly type: "offer" | "answer"; readonly sdp: string } | null = null;
  #offerNumber = 0;
  #acceptedNumber = 0;
  #isDue = false;
  #isHeadStart = false;
  #inbox: PeerMessage[] = [];
  #commands: Command[] = [];

  constructor(isPolite: boolean, newId: () => string) {
    this.#isPolite = isPolite;
    this.#callId = newId();
  }

  handle(input: Input): Command[] {
    this.#take(input);
    while (this.#step === null && this.#inbox[0] !== undefined) {
      const message = this.#inbox.shift();
      if (message !== undefined) this.#read(message);
    }
    return this.#commands.splice(0);
  }

  #take(input: Input): void {
    if (input.kind === "wish") this.#negotiate();
    if (input.kind === "heard") this.#inbox.push(input.message);
    if (input.kind === "connected") {
      this.#send({ kind: "hello" });
      this.#sendOffer();
      if (this.#acceptedNumber + this.#offerNumber > 0)
        this.#commands.push({ kind: "restart-ice" });
    }
    if (input.kind === "waited" && input.wait === "head-start") {
      this.#isHeadStart = false;
      if (this.#isDue) this.#negotiate();
    }
    if (input.kind === "done") this.#done(input.sdp);
  }

  #negotiate(): void {
    this.#isDue = this.#remoteId === null || this.#isHeadStart || this.#step !== null;
    if (!this.#isDue && this.#state === "stable") this.#begin({ kind: "offer" });
  }

  #begin(step: Step): void {
    this.#step = step;
    this.#commands.push({ kind: "step", step });
  }

  #done(sdp: string): void {
    const step = this.#step;
    this.#step = null;
    if (step?.kind === "offer") {
      this.#local = { type: "offer", sdp };
      this.#state = "have-local-offer";
      this.#offerNumber += 1;
      this.#sendOffer();
    } else this.#state = "stable";
    if (step?.kind !== "accept") return;
    this.#local = { type: "answer", sdp };
    this.#acceptedNumber = step.number;
    this.#sendAnswer();
  }

  #read(message: PeerMessage): void {
    const { from, to } = message;
    if (message.kind === "hello") return this.#readHello(from, to !== this.#callId);
    if (from !== this.#remoteId || to !== this.#callId) return;
    const hasOffered = this.#state === "have-local-offer";
    if (message.kind === "answer" && hasOffered && message.number === this.#offerNumber) {
      this.#begin({ kind: "apply", sdp: message.sdp });
    }
    if (message.kind !== "offer") return;
    const { sdp, number } = message;
    if (number > this.#acceptedNumber) {
      if (hasOffered && !this.#isPolite) return;
      this.#isHeadStart = false;
      this.#begin({ kind: "accept", sdp, number });
    } else if (number === this.#acceptedNumber && !hasOffered && this.#local?.type === "answer") {
      this.#sendAnswer();
    }
  }

  #readHello(from: string, mustReply: boolean): void {
    const isNew = from !== this.#remoteId;
    if (isNew) {
      this.#remoteId = from;
      this.#acceptedNumber = 0;
      this.#isHeadStart = this.#isPolite;
      if (this.#isPolite) this.#commands.push({ kind: "wait", wait: "head-start", ms: 500 });
    }
    if (mustReply) this.#send({ kind: "hello" });
    if (!isNew) this.#sendOffer();
    else if (this.#isDue) this.#negotiate();
  }

  #sendOffer(): void {
    if (this.#state !== "have-local-offer") return;
    this.#send({ kind: "offer", sdp: this.#local?.sdp ?? "", number: this.#offerNumber });
  }

  #sendAnswer(): void {
    this.#send({ kind: "answer", sdp: this.#local?.sdp ?? "", number: this.#acceptedNumber });
  }

  #send(body: PeerBody): void {
    const message = { from: this.#callId, to: this.#remoteId, ...body };
    this.#commands.push({ kind: "send", message });
  }
}
