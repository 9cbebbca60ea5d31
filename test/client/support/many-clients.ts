/**
 * Many real clients on the plain world: virtual time, a network, and a hub of the real rules. A door in front of it judges each
 * upgrade, and each GET, as the service does.
 */
import { SignalClient } from "../../../src/client/client.ts";
import type { HttpAnswer, Ports, Socket, SocketEvents } from "../../../src/client/ports.ts";
import { parseConfig } from "../../../src/config/parse-config.ts";
import { BEARER_SUBPROTOCOL_PREFIX } from "../../../src/protocol/names.ts";
import { failed, success } from "../../../src/protocol/result.ts";
import { decideAdmission } from "../../../src/worker/admission.ts";
import { PlainWorld } from "../../behaviour/plain-world.ts";
import type { End } from "../../kernel/connection.ts";
import { clientId } from "../../support/client-ids.ts";
import { uuidBytes } from "../../support/frames.ts";

/** One way over the network, about. */
const LATENCY_MS = [20, 200] as const;

export interface ManyOptions {
  readonly seed: number;
  readonly count: number;
  /** Whether the clients can see what a GET is answered with. */
  readonly canAsk: boolean;
}

export class ManyClients {
  readonly clients: readonly SignalClient[];
  /** The key that the hub accepts. The clients' key is another one. */
  key = "the_new_key";
  readonly upgradesAtMs: number[] = [];
  readonly questionsAtMs: number[] = [];
  readonly #world: PlainWorld;
  readonly #canAsk: boolean;
  readonly #beganAtMs: number;

  constructor({ seed, count, canAsk }: ManyOptions) {
    this.#canAsk = canAsk;
    const settings = { maxSessions: count };
    this.#world = new PlainWorld({ evicts: false, kernel: { seed }, settings });
    this.#beganAtMs = this.#world.kernel.clock.now();
    this.clients = Array.from({ length: count }, (_, n) => {
      const options = { url: "wss://hub.test/", clientId: `client-${n}`, token: OLD_KEY };
      return new SignalClient(options, this.#ports());
    });
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#world.kernel.clock.now() - this.#beganAtMs;
  }

  flow(ms: number): Promise<void> {
    return this.#world.kernel.clock.flow(ms);
  }

  /** How many clients are in each state. */
  get states(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { state } of this.clients) counts[state] = (counts[state] ?? 0) + 1;
    return counts;
  }

  #ports(): Ports {
    const { clock, random } = this.#world.kernel;
    return {
      openSocket: (url, protocols, events) => this.#openSocket(new URL(url), protocols, events),
      clock: {
        nowMs: () => clock.now(),
        after: (delayMs, run) => {
          let isCancelled = false;
          clock.after(delayMs, () => isCancelled || run());
          return () => void (isCancelled = true);
        },
        soon: (run) => clock.after(0, run),
      },
      random: () => random.fraction(),
      uuid: () => uuidBytes(random.uuid()),
      onReturn: () => () => {},
      ...(this.#canAsk && { httpGet: (url, token) => this.#answer(new URL(url), token) }),
    };
  }

  /** null: the door lets it through. */
  #refusal(url: URL, token: string | null): number | null {
    const clientIds = url.searchParams.getAll("client_id");
    const credentials = success({ token, offersSubprotocol: true });
    const grant = { clientId: clientId(clientIds[0] ?? ""), targets: null, expiresAtMs: null };
    const granted = token === this.key ? success(grant) : failed("auth.invalid" as const);
    const ownOrigin = url.origin;
    const facts = { origin: null, ownOrigin, address: null, credentials, clientIds };
    const decision = decideAdmission(facts, CONFIG, { granted });
    return decision.kind === "refused" ? decision.refusal.status : null;
  }

  #openSocket(url: URL, protocols: readonly string[], events: SocketEvents): Socket {
    this.upgradesAtMs.push(this.nowMs);
    const bearer = protocols.find((protocol) => protocol.startsWith(BEARER_SUBPROTOCOL_PREFIX));
    const token = bearer?.slice(BEARER_SUBPROTOCOL_PREFIX.length) ?? null;
    const id = url.searchParams.get("client_id") ?? "";
    const socket = new WorldSocket(events);
    this.#later(async () => {
      if (this.#refusal(url, token) !== null) return socket.refuse();
      socket.join((await this.#world.openAs(id)).connection.client);
    });
    return socket;
  }

  async #answer(url: URL, token: string): Promise<HttpAnswer> {
    this.questionsAtMs.push(this.nowMs);
    await new Promise<void>((resolve) => this.#later(resolve));
    return { status: this.#refusal(url, token) ?? 426 };
  }

  /** After a way over the network and back. */
  #later(run: () => unknown): void {
    const { clock, random } = this.#world.kernel;
    clock.after(random.between(...LATENCY_MS), () => void run());
  }
}

export const OLD_KEY = "the_old_key";

const CONFIG = configOf({ SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false" });

function configOf(variables: Readonly<Record<string, string>>) {
  const config = parseConfig(variables);
  if (!config.ok) throw new Error(config.failure.join("; "));
  return config.value;
}

/** One end of a connection of the kernel, as the client sees its WebSocket. */
class WorldSocket implements Socket {
  readonly #events: SocketEvents;
  #end: End | null = null;
  #isClosed = false;

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  refuse(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.closed(1006, "");
  }

  join(end: End): void {
    if (this.#isClosed) return end.close(1000);
    this.#end = end;
    end.attach({
      receive: (message) => this.#events.message(message),
      closed: (code) => this.#events.closed(code, ""),
    });
    this.#events.opened();
  }

  send(message: string | Uint8Array): void {
    void this.#end?.send(message);
  }

  close(code = 1000): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#end?.close(code);
  }
}
