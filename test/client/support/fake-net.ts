/** Clients as `peer()` sees them, without a wire. Each can go away and come back. */
import { Emitter } from "../../../src/client/emitter.ts";
import type { SignalClientEvents } from "../../../src/client/client.ts";
import { SignalError } from "../../../src/client/errors.ts";
import type { ClientState } from "../../../src/client/connection/reconnector.ts";
import type { PeerClient } from "../../../src/client/peer/contract.ts";
import { answerForNobody } from "../../../src/client/peer/live-calls.ts";
import { MAX_PAYLOAD_BYTES } from "../../../src/protocol/limits.ts";
import type { SendOptions, SignalData, SignalType } from "../../../src/client/signal.ts";

export interface Sent {
  readonly source: string;
  readonly target: string;
  readonly type: SignalType;
  readonly data: unknown;
}

export class FakeNet {
  readonly #clients = new Map<string, FakeClient>();
  /** Every delivered signal. */
  readonly log: Sent[] = [];
  #ids = 0;

  client(clientId: string): FakeClient {
    const client = new FakeClient(this, clientId);
    this.#clients.set(clientId, client);
    return client;
  }

  deliver(sent: Sent): boolean {
    const target = this.#clients.get(sent.target);
    if (target?.state !== "connected") return false;
    this.log.push(sent);
    this.#ids += 1;
    const signal = { ...sent, id: `id${this.#ids}` };
    target.events.emit("signal", signal);
    // As SignalClient does.
    answerForNobody(target, signal, performance.now());
    return true;
  }
}

export class FakeClient implements PeerClient {
  readonly clientId: string;
  readonly events = new Emitter<SignalClientEvents>();
  readonly errors: SignalError[] = [];
  /** The errors with which the next sends reject. */
  readonly refusals: SignalError[] = [];
  /** The kind of peer message that is refused; null: any. */
  refusedKind: string | null = null;
  probes = 0;
  state: ClientState = "connected";
  readonly #net: FakeNet;
  #queue: (() => void)[] = [];

  constructor(net: FakeNet, clientId: string) {
    this.#net = net;
    this.clientId = clientId;
  }

  on: PeerClient["on"] = (event, listener) => this.events.on(event, listener);

  send(
    target: string,
    type: SignalType,
    given: SignalData,
    { signal, urgent = false }: SendOptions = {},
  ): Promise<void> {
    const json = JSON.stringify(given);
    if (json.length > MAX_PAYLOAD_BYTES) {
      return Promise.reject(new SignalError("too-large", { target }));
    }
    const data: unknown = JSON.parse(json);
    return new Promise((resolve, reject) => {
      const attempt = () => {
        if (signal?.aborted === true) return reject(new SignalError("aborted", { target }));
        const sent = { source: this.clientId, target, type, data };
        const isRefused = this.refusedKind === null || this.refusedKind === kindOf(data);
        const refusal = isRefused ? this.refusals.shift() : undefined;
        if (refusal !== undefined) reject(refusal);
        else if (this.#net.deliver(sent)) resolve();
        else reject(new SignalError("target-absent", { target }));
      };
      this.#queue.push(attempt);
      if (urgent) this.#flush();
      else queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    if (this.state === "connected") for (const attempt of this.#queue.splice(0)) attempt();
  }

  probe(): void {
    this.probes += 1;
  }

  go(state: ClientState): void {
    this.state = state;
    this.#flush();
    this.events.emit("state", state);
  }
}

function kindOf(data: unknown): unknown {
  return (data as { readonly peer?: { readonly kind?: unknown } }).peer?.kind;
}
