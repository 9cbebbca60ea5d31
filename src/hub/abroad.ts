/**
 * Signals whose target belongs to another hub: those of one incoming message leave as one call a hub, and each gets its
 * outcome, an answer like any other (SI11).
 */
import { encodeSignalAck, type Answered } from "../protocol/answers.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import type { Departures } from "./departures.ts";
import type { HubSocket, OtherHubs, OutsideSignal, SignalNotice } from "./ports.ts";

/** A signal that leaves this hub, and who waits for its outcome. */
interface Traveller {
  readonly socket: HubSocket;
  readonly answered: Answered;
  readonly signal: OutsideSignal;
  readonly wantsAck: boolean;
}

export interface Departure extends Omit<Traveller, "signal"> {
  readonly notice: SignalNotice;
  /** What the target is to receive. */
  readonly stamped: Uint8Array;
}

/** What answers need of the hub: its context. */
export interface Home {
  readonly departures: Departures;
  answer(socket: HubSocket, bytes: Uint8Array): void;
  refuseSignal(socket: HubSocket, answered: Answered, signal: SignalNotice, fault: Fault): void;
}

export class Abroad {
  readonly #home: Home;
  readonly #otherHubs: OtherHubs;
  #travellers = new Map<string, Traveller[]>();

  constructor(home: Home, otherHubs: OtherHubs) {
    this.#home = home;
    this.#otherHubs = otherHubs;
  }

  /** The hub that owns the id; null: this one. */
  hubOf(clientId: ClientId): string | null {
    return this.#otherHubs.hubOf(clientId);
  }

  /** Copies: when the answer comes, the message and the buffer that the signal was written into are long gone. */
  add(hub: string, { socket, answered, notice, stamped, wantsAck }: Departure): void {
    const { uuid, payloadType } = answered;
    const traveller: Traveller = {
      socket,
      answered: { uuid: uuid.slice(), payloadType },
      signal: { ...notice, frame: stamped.slice() },
      wantsAck,
    };
    const others = this.#travellers.get(hub);
    if (others === undefined) this.#travellers.set(hub, [traveller]);
    else others.push(traveller);
  }

  /** Sends what was added; undefined: nothing. Resolves when every signal was answered; never rejects. */
  depart(): Promise<void> | undefined {
    if (this.#travellers.size === 0) return undefined;
    const travellers = this.#travellers;
    this.#travellers = new Map();
    return this.#deliverAll(travellers);
  }

  async #deliverAll(travellers: ReadonlyMap<string, readonly Traveller[]>): Promise<void> {
    await Promise.all(Array.from(travellers, ([hub, together]) => this.#deliver(hub, together)));
  }

  async #deliver(hub: string, together: readonly Traveller[]): Promise<void> {
    const signals = together.map(({ signal }) => signal);
    const faults = await this.#otherHubs.deliver(hub, signals);
    this.#home.departures.gather(() => {
      for (const [at, traveller] of together.entries()) {
        // An answer that is too short says nothing of the rest.
        const fault = faults[at];
        this.#answer(traveller, fault === undefined ? "signal.unreachable" : fault);
      }
    });
  }

  #answer({ socket, answered, signal, wantsAck }: Traveller, fault: Fault | null): void {
    const { frame: _, ...notice } = signal;
    if (fault !== null) this.#home.refuseSignal(socket, answered, notice, fault);
    else if (wantsAck) {
      this.#home.answer(socket, encodeSignalAck(answered, { target: signal.target }));
    }
  }
}
