/**
 * Signals whose target belongs to another hub: those of one incoming message leave as one call a hub, and each gets its
 * outcome, an answer like any other (SI11).
 */
import { signalAck } from "../protocol/messages/signal.ts";
import { framesWire } from "../wires/frames.ts";
import type { ReplyTo, WireMessage } from "../wires/wire.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Fault } from "../protocol/errors.ts";
import type { OutboundBatcher } from "./outbound.ts";
import type { HubSocket, RemoteHubs, ForwardedSignal, SignalMeta } from "./ports.ts";

/** A signal that leaves this hub, and who waits for its outcome. */
interface PendingRemoteSignal {
  readonly socket: HubSocket;
  readonly replyTo: ReplyTo;
  readonly signal: ForwardedSignal;
  readonly wantsAck: boolean;
}

export interface RemoteSignalRequest extends Omit<PendingRemoteSignal, "signal"> {
  readonly notice: SignalMeta;
  /** What the target is to receive. */
  readonly stamped: Uint8Array;
}

/** What answers need of the hub: its context. */
export interface Home {
  readonly departures: OutboundBatcher;
  answer(socket: HubSocket, bytes: WireMessage): void;
  refuseSignal(socket: HubSocket, replyTo: ReplyTo, signal: SignalMeta, fault: Fault): void;
}

export class RemoteDelivery {
  readonly #home: Home;
  readonly #remoteHubs: RemoteHubs;
  #travellers = new Map<string, PendingRemoteSignal[]>();

  constructor(home: Home, remoteHubs: RemoteHubs) {
    this.#home = home;
    this.#remoteHubs = remoteHubs;
  }

  /** The hub that owns the id; null: this one. */
  hubOf(clientId: ClientId): string | null {
    return this.#remoteHubs.hubOf(clientId);
  }

  /** Copies: when the answer comes, the message and the buffer that the signal was written into are long gone. */
  add(hub: string, { socket, replyTo, notice, stamped, wantsAck }: RemoteSignalRequest): void {
    const { uuid, payloadType } = replyTo;
    const traveller: PendingRemoteSignal = {
      socket,
      replyTo: { uuid: uuid.slice(), payloadType },
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

  async #deliverAll(
    travellers: ReadonlyMap<string, readonly PendingRemoteSignal[]>,
  ): Promise<void> {
    await Promise.all(Array.from(travellers, ([hub, together]) => this.#deliver(hub, together)));
  }

  async #deliver(hub: string, together: readonly PendingRemoteSignal[]): Promise<void> {
    const signals = together.map(({ signal }) => signal);
    const faults = await this.#remoteHubs.deliver(hub, signals);
    this.#home.departures.gather(() => {
      for (const [at, traveller] of together.entries()) {
        // An answer that is too short says nothing of the rest.
        const fault = faults[at];
        this.#answer(traveller, fault === undefined ? "signal.unreachable" : fault);
      }
    });
  }

  #answer({ socket, replyTo, signal, wantsAck }: PendingRemoteSignal, fault: Fault | null): void {
    const { frame: _, ...notice } = signal;
    if (fault !== null) this.#home.refuseSignal(socket, replyTo, notice, fault);
    else if (wantsAck) {
      this.#home.answer(socket, framesWire.encode(replyTo, signalAck, { target: signal.target }));
    }
  }
}
