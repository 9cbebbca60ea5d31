/** Signals for clients of other hubs: those of one incoming message leave in one call per hub (SI11). */
import { copyReplyTo, type ReplyTo } from "../wires/wire.ts";
import type { SessionRef } from "./connection.ts";
import type { DeliveryOutcome, ForwardedSignal, SignalMeta } from "./contract.ts";
import type { RemoteHubs } from "./ports.ts";

/** A signal that leaves this hub, and the session that waits for its outcome. */
export interface PendingRemoteSignal {
  readonly source: SessionRef;
  readonly replyTo: ReplyTo;
  readonly signal: SignalMeta;
  /** What the target is to receive. */
  readonly frame: Uint8Array;
}

export interface AnsweredRemoteSignal extends Omit<PendingRemoteSignal, "frame"> {
  readonly outcome: DeliveryOutcome;
}

type OnAnswered = (answered: readonly AnsweredRemoteSignal[]) => void;

export class RemoteDelivery {
  readonly #remoteHubs: RemoteHubs;
  #pendingByHub = new Map<string, PendingRemoteSignal[]>();

  constructor(remoteHubs: RemoteHubs) {
    this.#remoteHubs = remoteHubs;
  }

  /** Copies the bytes: when the answer comes, the incoming message and the outgoing buffer are long gone. */
  add(hub: string, { source, replyTo, signal, frame }: PendingRemoteSignal): void {
    const pending: PendingRemoteSignal = {
      source,
      replyTo: copyReplyTo(replyTo),
      signal,
      frame: frame.slice(),
    };
    const others = this.#pendingByHub.get(hub);
    if (others === undefined) this.#pendingByHub.set(hub, [pending]);
    else others.push(pending);
  }

  /** Sends what was added; undefined: there is nothing. `onAnswered` gets the outcomes hub by hub. Never rejects. */
  send(onAnswered: OnAnswered): Promise<void> | undefined {
    if (this.#pendingByHub.size === 0) return undefined;
    const pendingByHub = this.#pendingByHub;
    this.#pendingByHub = new Map();
    return this.#deliverAll(pendingByHub, onAnswered);
  }

  async #deliverAll(
    pendingByHub: ReadonlyMap<string, readonly PendingRemoteSignal[]>,
    onAnswered: OnAnswered,
  ): Promise<void> {
    const calls = Array.from(pendingByHub, ([hub, pending]) =>
      this.#deliver(hub, pending, onAnswered),
    );
    await Promise.all(calls);
  }

  async #deliver(
    hub: string,
    pending: readonly PendingRemoteSignal[],
    onAnswered: OnAnswered,
  ): Promise<void> {
    const signals = pending.map(({ signal, frame }): ForwardedSignal => ({ ...signal, frame }));
    const outcomes = await this.#remoteHubs.deliver(hub, signals);
    onAnswered(
      pending.map(({ source, replyTo, signal }, at) => {
        // An answer that is too short says nothing about the rest.
        const outcome = outcomes[at] ?? "signal.unreachable";
        return { source, replyTo, signal, outcome };
      }),
    );
  }
}
