/** This tab's session at the hub, and who calls it. Knows no element of the page. */
import {
  callOf,
  decline,
  SignalClient,
  type ClientState,
  type Signal,
  type SignalError,
} from "../../src/client/index.ts";
import type { Identity } from "./tab-memory.ts";
import { tapped, type Tap } from "./wire-tap.ts";

export interface HubEvents {
  state(state: ClientState): void;
  /** The client goes on by itself. */
  trouble(error: SignalError): void;
  /** The client has stopped, and not because of `leave`. */
  stopped(error: SignalError): void;
  /** `decline` takes it. */
  rings(call: Signal): void;
  gaveUp(caller: string): void;
}

/** So long after this side has hung up, what arrives from the other was on its way before, and is no new call. */
const ECHO_MS = 1_000;

export class HubSession {
  readonly client: SignalClient;
  readonly #events: HubEvents;
  /** Until when whose signals belong to a call that has ended. */
  readonly #echoUntil = new Map<string, number>();

  /** @throws SignalError `bad-option`. */
  constructor({ clientId, token }: Identity, tap: Tap, events: HubEvents) {
    this.#events = events;
    this.client = new SignalClient({
      url: "/",
      clientId,
      token,
      WebSocket: tapped(tap),
      // A person is waiting.
      retryMaxMs: 4_000,
    });
    this.client.on("state", (state) => events.state(state));
    this.client.on("error", (error) => this.#tell(error));
    this.client.on("signal", (signal) => this.#hear(signal));
  }

  /** Resolves when there is a session. Of what goes wrong the events tell. */
  async join(): Promise<boolean> {
    try {
      await this.client.connect();
      return true;
    } catch {
      // `stopped` has told why, or `leave` was called.
      return false;
    }
  }

  leave(): void {
    void this.client.close();
  }

  /** Tells the caller that nobody answers. */
  decline(call: Signal): void {
    this.ended(call.source);
    decline(this.client, call).catch(() => {
      // The caller has gone, this tab has left, or the token forbids it: there is nobody to tell.
    });
  }

  /** This side has hung up on `other`. */
  ended(other: string): void {
    this.#echoUntil.set(other, performance.now() + ECHO_MS);
  }

  #tell(error: SignalError): void {
    if (this.client.state === "closed") this.#events.stopped(error);
    else this.#events.trouble(error);
  }

  #hear(signal: Signal): void {
    const call = callOf(signal);
    if (call === "hang-up") this.#events.gaveUp(signal.source);
    const isEcho = performance.now() < (this.#echoUntil.get(signal.source) ?? 0);
    if (call === "call" && !isEcho) this.#events.rings(signal);
  }
}
