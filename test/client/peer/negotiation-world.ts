/**
 * Two negotiations over a link that loses, delays and refuses, each with a model of an RTCPeerConnection: no clock, no
 * promises. A seed decides what happens, and in which order. In the end the world heals, and `faults` says what is wrong.
 */
import type { Input, Command, Step, Wait } from "../../../src/client/peer/moves.ts";
import type { PeerMessage } from "../../../src/client/peer/message.ts";
import { Negotiation } from "../../../src/client/peer/negotiation.ts";
import { Random } from "../../kernel/random.ts";

/** What the world needs of a negotiation: a test may bring another one, with a fault. */
export interface Machine {
  handle(input: Input): Command[];
}

export type MakeMachine = (isPolite: boolean, newId: () => string) => Machine;

/** A description: what the session contains that it would lead to, as the number of the last wish of each side. */
interface Description {
  /** For an offer, the session that it changes; for an answer, the offer. */
  readonly on: number;
  readonly met: readonly [number, number];
}

/** The descriptions of one world. An SDP is an index. */
type Descriptions = Description[];

/**
 * The signalling of an RTCPeerConnection as the standard has it, with atomic steps. It refuses an offer that does not build
 * on its own session, as a browser does if the m-lines differ.
 */
class ModelRtc {
  /** The answer that completed the last exchange; 0: there was none. */
  session = 0;
  open: number | null = null;
  met: readonly [number, number] = [0, 0];
  #needsNegotiation = false;
  /** A `negotiationneeded` that has not been heard yet. */
  isAsking = false;
  /** It refuses every further step, as Chromium may after a rollback. */
  isPoisoned = false;
  wishes: number;
  readonly who: 0 | 1;
  readonly descriptions: Descriptions;

  constructor(who: 0 | 1, descriptions: Descriptions, wishes: number) {
    this.who = who;
    this.descriptions = descriptions;
    this.wishes = wishes;
    this.update();
  }

  get isUnmet(): boolean {
    return this.met[this.who] < this.wishes;
  }

  wish(): void {
    this.wishes += 1;
    this.update();
  }

  /** "Update the negotiation-needed flag": it asks once, until it is stable the next time. */
  update(): void {
    if (this.open !== null || this.#needsNegotiation || !this.isUnmet) return;
    this.#needsNegotiation = this.isAsking = true;
  }

  /** Returns the SDP, or null: it refused. */
  perform(step: Step, fails: boolean): string | null {
    if (step.kind === "offer") return fails || this.open !== null ? null : this.#offer();
    const sdp = step.kind === "rollback" ? "" : this.#take(step, fails);
    this.open = null;
    this.#needsNegotiation = this.isAsking = false;
    this.update();
    return sdp;
  }

  #offer(): string {
    const met: [number, number] = [...this.met];
    met[this.who] = this.wishes;
    return String((this.open = this.descriptions.push({ on: this.session, met }) - 1));
  }

  #take(step: Extract<Step, { sdp: string }>, fails: boolean): string | null {
    const index = Number(step.sdp);
    const description = this.descriptions[index];
    if (description === undefined || fails) return null;
    const { on } = description;
    if (on !== (step.kind === "apply" ? this.open : this.session)) return null;
    this.met = description.met;
    this.session =
      step.kind === "apply"
        ? index
        : this.descriptions.push({ on: index, met: description.met }) - 1;
    return String(this.session);
  }
}

type Outcome = "pending" | "delivered" | "absent" | "refused" | "unknown";

/** A message between the client and the hub's answer to it. */
interface Written {
  readonly message: PeerMessage;
  outcome: Outcome;
}

/** What may go wrong besides the link; a world without them must never see a step refused. */
export interface Mode {
  readonly flaps: boolean;
  readonly steps: boolean;
  readonly calls: boolean;
  readonly renewals: boolean;
  readonly refusals: boolean;
  /** A rollback may make a connection useless. */
  readonly poison: boolean;
}

class Side {
  machine: Machine | null = null;
  rtc: ModelRtc | null = null;
  step: Step | null = null;
  isUp = true;
  readonly written: Written[] = [];
  readonly incoming: PeerMessage[] = [];
  /** Byes that wait for a session; they are sent again after a reconnect. */
  byes: PeerMessage[] = [];
  readonly waits = new Set<Wait>();
  isBreaking = false;
  isClosing = false;
  wishes = 0;
  ids = 0;
  closed = 0;
  readonly who: 0 | 1;

  constructor(who: 0 | 1) {
    this.who = who;
  }
}

export interface WorldOptions {
  readonly make?: MakeMachine;
  /** What the seed does not decide. */
  readonly mode?: Partial<Mode>;
  /** Takes what happens, a line each. */
  readonly log?: string[] | null;
}

export class World {
  readonly random: Random;
  readonly sides = [new Side(0), new Side(1)] as const;
  readonly mode: Mode;
  readonly log: string[] | null;
  readonly #make: MakeMachine;
  readonly #descriptions: Descriptions = [{ on: 0, met: [0, 0] }];
  #isHealing = false;
  /** Steps that failed because the test said so. */
  injected = 0;
  /** Offers that were taken back. */
  rollbacks = 0;
  /** What may never happen. */
  fault: string | null = null;

  constructor(
    seed: number,
    {
      make = (polite, newId) => new Negotiation(polite, newId),
      mode = {},
      log = null,
    }: WorldOptions = {},
  ) {
    this.random = new Random(seed);
    this.#make = make;
    this.log = log;
    const bits = this.random.below(32);
    this.mode = {
      flaps: true,
      steps: (bits & 1) > 0,
      calls: (bits & 2) > 0,
      renewals: (bits & 4) > 0,
      refusals: (bits & 8) > 0,
      poison: (bits & 16) > 0,
      ...mode,
    };
  }

  /** Plays the whole story. Returns what is wrong in the end, or null. */
  play(): string | null {
    for (const side of this.sides)
      if (!this.mode.calls || this.random.happens(0.8)) this.call(side);
    for (let turns = 10 + this.random.below(60); turns > 0; turns -= 1) this.#anything();
    this.heal();
    return this.fault ?? this.verdict();
  }

  /** The link is whole again, nothing fails any more, and all that is under way comes to its end. */
  heal(): void {
    this.#isHealing = true;
    for (const side of this.sides) if (!side.isUp) this.up(side);
    this.#rest();
    // A page whose other side is gone learns it, at the latest, when its connection fails.
    const [one, other] = this.sides;
    if ((one.machine === null) !== (other.machine === null)) {
      for (const side of this.sides)
        if ((side.rtc?.session ?? 0) > 0) this.tell(side, { kind: "lost" });
      this.#rest();
    }
    // After failure upon failure a call waits for news.
    if (this.injected < 3 || this.verdict() === null) return;
    for (const side of this.sides) {
      this.down(side);
      this.up(side);
    }
    this.#rest();
  }

  verdict(): string | null {
    const [one, other] = this.sides;
    if (one.rtc === null || other.rtc === null) {
      const left = one.rtc ?? other.rtc;
      return left === null || left.session === 0
        ? null
        : "one side is closed, and the other is not";
    }
    for (const { who, rtc, step } of this.sides) {
      if (step !== null || rtc?.open !== null) return `side ${who} is not stable`;
      if (rtc.isUnmet) return `side ${who} has an unmet wish`;
    }
    return one.rtc.session === other.rtc.session ? null : "the sessions differ";
  }

  #rest(): void {
    for (let turns = 0; turns < 2_000; turns += 1) {
      const some = this.#possible();
      const run = some[this.random.below(some.length)];
      if (run === undefined) return;
      run();
    }
    this.fault ??= "the negotiation does not come to rest";
  }

  /** What is under way. */
  #possible(): (() => void)[] {
    const some: (() => void)[] = [];
    for (const side of this.sides) {
      if (side.written.some(({ outcome }) => outcome === "pending"))
        some.push(() => this.carry(side));
      if (side.written.length > 0 && side.written[0]?.outcome !== "pending")
        some.push(() => this.answer(side));
      if (side.incoming.length > 0) some.push(() => this.receive(side));
      if (side.step !== null) some.push(() => this.endStep(side));
      if (side.rtc?.isAsking === true) some.push(() => this.ask(side));
      if (side.isBreaking || side.isClosing) some.push(() => this.#failedToObey(side));
      for (const wait of side.waits) some.push(() => this.waited(side, wait));
    }
    return some;
  }

  #anything(): void {
    const side = this.random.happens(0.5) ? this.sides[0] : this.sides[1];
    const roll = this.random.below(100);
    if (roll < 70) {
      const some = this.#possible();
      some[this.random.below(some.length)]?.();
    } else if (roll < 80) this.wish(side);
    else if (roll < 91) {
      if (this.mode.flaps) (side.isUp ? this.down : this.up).call(this, side);
    } else if (roll < 93) this.lose(side);
    else if (roll < 95) {
      if (this.mode.renewals) this.tell(side, { kind: "renew" });
    } else if (this.mode.calls) {
      if (side.machine === null) this.call(side);
      else if (roll < 97) this.tell(side, { kind: "close" });
      else this.reload(side);
    }
  }

  call(side: Side): void {
    this.#note(side, "call");
    side.wishes += this.random.below(2);
    side.machine = this.#make(side.who === 0, () => `${"AB"[side.who]}${(side.ids += 1)}`);
    side.rtc = new ModelRtc(side.who, this.#descriptions, side.wishes);
    if (side.isUp) this.tell(side, { kind: "connected", isUp: false });
  }

  wish(side: Side): void {
    if (side.rtc === null) return;
    this.#note(side, "wish");
    side.wishes += 1;
    side.rtc.wish();
  }

  ask(side: Side): void {
    if (side.rtc === null) return;
    side.rtc.isAsking = false;
    this.tell(side, { kind: "wish" });
  }

  lose(side: Side): void {
    if ((side.rtc?.session ?? 0) > 0) this.tell(side, { kind: "lost" });
  }

  waited(side: Side, wait: Wait): void {
    side.waits.delete(wait);
    this.tell(side, { kind: "waited", wait });
  }

  /** The client loses its session: what it has written may have left, and what it was sent may not have arrived. */
  down(side: Side): void {
    this.#note(side, "down");
    side.isUp = false;
    side.incoming.length = 0;
    const left = this.random.below(side.written.length + 1);
    for (let n = 0; n < left; n += 1) this.carry(side);
    const lost = side.written.splice(0);
    side.byes.push(
      ...lost.filter(({ message }) => message.kind === "bye").map(({ message }) => message),
    );
    this.tell(side, { kind: "disconnected" });
    for (const { message } of lost) this.unsent(side, message);
  }

  up(side: Side): void {
    this.#note(side, "up");
    side.isUp = true;
    for (const bye of side.byes.splice(0)) this.write(side, bye);
    this.tell(side, { kind: "connected", isUp: this.random.happens(0.3) });
  }

  /** The page is gone without a word. The next one calls at once, later, or never. */
  reload(side: Side): void {
    this.#note(side, "reload");
    side.incoming.length = 0;
    const left = this.random.below(side.written.length + 1);
    for (let n = 0; n < left; n += 1) this.carry(side);
    side.written.length = 0;
    side.byes.length = 0;
    this.forget(side);
    side.isUp = this.random.happens(0.8);
    if (this.random.happens(0.6)) this.call(side);
  }

  forget(side: Side): void {
    side.machine = side.rtc = side.step = null;
    side.isBreaking = side.isClosing = false;
    side.waits.clear();
  }

  write(side: Side, message: PeerMessage): void {
    if (!side.isUp) {
      if (message.kind === "bye") side.byes.push(message);
      else this.fault ??= "a message leaves without a session";
    } else side.written.push({ message, outcome: "pending" });
  }

  /** The hub deals with the next message of the side. */
  carry(side: Side): void {
    const next = side.written.find(({ outcome }) => outcome === "pending");
    if (next === undefined) return;
    const other = this.sides[side.who === 0 ? 1 : 0];
    const isFaulty = this.mode.refusals && !this.#isHealing;
    if (!other.isUp) next.outcome = "absent";
    else if (isFaulty && this.random.happens(0.1)) next.outcome = "refused";
    else {
      next.outcome = isFaulty && this.random.happens(0.1) ? "unknown" : "delivered";
      if (next.outcome === "delivered" || this.random.happens(0.5)) {
        other.incoming.push(next.message);
      }
    }
    this.#note(side, next.outcome, next.message);
  }

  /** The hub's answer to the oldest message arrives. */
  answer(side: Side): void {
    const first = side.written.shift();
    if (first === undefined) return;
    if (first.outcome === "refused" || first.outcome === "unknown")
      this.unsent(side, first.message);
  }

  unsent(side: Side, message: PeerMessage): void {
    if (message.kind !== "bye") this.tell(side, { kind: "unsent", message, afterMs: 1 });
  }

  receive(side: Side): void {
    const message = side.incoming.shift();
    if (message === undefined) return;
    if (side.machine !== null) return this.tell(side, { kind: "heard", message });
    // As `answerForNobody` does.
    const { from, to, kind } = message;
    if (to !== null && kind !== "bye") this.write(side, { from: to, to: from, kind: "bye" });
  }

  endStep(side: Side): void {
    const { step, rtc } = side;
    if (step === null || rtc === null) return;
    side.step = null;
    const fails = this.#canFail() && this.random.happens(0.15);
    if (fails) {
      this.injected += 1;
      if (this.random.happens(0.3)) return this.tell(side, { kind: "failed", how: "broken" });
    }
    const rollsBack = step.kind === "rollback" || (step.kind === "accept" && rtc.open !== null);
    if (rollsBack) this.rollbacks += 1;
    const sdp = rtc.perform(step, fails || rtc.isPoisoned);
    if (rtc.isPoisoned) this.injected += 1;
    rtc.isPoisoned ||= this.mode.poison && rollsBack && this.random.happens(0.5);
    if (sdp !== null) return this.tell(side, { kind: "done", sdp });
    if (!fails && this.injected === 0)
      this.fault ??= `a step does not fit: ${JSON.stringify(step)}`;
    const isHopeless = fails && this.random.happens(0.1);
    if (isHopeless) this.injected += 3;
    this.tell(side, { kind: "failed", how: isHopeless ? "hopeless" : "refused" });
  }

  #canFail(): boolean {
    return this.mode.steps && !this.#isHealing;
  }

  /** What a shell finds out while it obeys: ICE cannot restart, or nobody can make another RTCPeerConnection. */
  #failedToObey(side: Side): void {
    const { isClosing } = side;
    side.isClosing = side.isBreaking = false;
    this.injected += 1;
    this.tell(side, isClosing ? { kind: "close" } : { kind: "failed", how: "broken" });
  }

  tell(side: Side, input: Input): void {
    if (side.machine === null) return;
    this.#note(side, "", input);
    for (const command of side.machine.handle(input)) this.#obey(side, command);
  }

  #obey(side: Side, command: Command): void {
    this.#note(side, "  ->", command);
    switch (command.kind) {
      case "step":
        if (side.step !== null) this.fault ??= "two steps at once";
        side.step = command.step;
        return;
      case "send":
        return this.write(side, command.message);
      case "replace":
        side.step = null;
        side.rtc = new ModelRtc(side.who, this.#descriptions, side.wishes);
        side.isClosing = this.#canFail() && this.random.happens(0.05);
        return;
      case "restart-ice":
        side.isBreaking = this.#canFail() && this.random.happens(0.1);
        return side.isBreaking ? undefined : this.wish(side);
      case "wait":
        side.waits.add(command.wait);
        return;
      case "end":
        this.forget(side);
        if (command.bye !== null) this.write(side, command.bye);
        return;
      case "add-candidate":
      case "ignore-offer":
      case "give-up":
        return;
    }
  }

  #note(side: Side, text: string, what?: object): void {
    this.log?.push(`${"AB"[side.who]} ${text} ${what === undefined ? "" : JSON.stringify(what)}`);
  }
}
