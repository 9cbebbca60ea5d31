/** This tab's session at the hub, and the calls that come in. It uses no element of the page. */
import {
  callOf,
  decline,
  SignalClient,
  type ClientState,
  type Signal,
  type SignalError,
} from "../../src/client/index.ts";
import { readPresence } from "./presence.ts";
import type { Identity } from "./tab-memory.ts";
import { tapped, type Tap } from "./wire-tap.ts";

export interface HubEvents {
  state(state: ClientState): void;
  /** Something went wrong, and the client goes on by itself. */
  fault(error: SignalError): void;
  /** The client has stopped without `leave`. */
  stopped(error: SignalError): void;
  /** Somebody calls. `decline` refuses the call. */
  incomingCall(call: Signal): void;
  callerHungUp(caller: string): void;
  /** A signal told that its source is there, or that its page leaves. */
  presence(source: string, presence: "here" | "left"): void;
}

/** A hello that arrives this soon after hanging up was sent before it, and is no new call. */
const ECHO_MS = 1_000;

export class HubSession {
  readonly client: SignalClient;
  readonly #events: HubEvents;
  /** Until when each client's signals belong to a call that has ended. */
  readonly #echoUntil = new Map<string, number>();

  /** @throws SignalError `bad-option`. */
  constructor({ clientId, token }: Identity, tap: Tap, events: HubEvents) {
    this.#events = events;
    this.client = new SignalClient({
      url: "/",
      clientId,
      token,
      WebSocket: tapped(tap),
      // Shorter than the default, because a person is waiting.
      retryMaxMs: 4_000,
    });
    this.client.on("state", (state) => events.state(state));
    this.client.on("error", (error) => this.#report(error));
    this.client.on("signal", (signal) => this.#receive(signal));
  }

  /** Resolves with true when there is a session. The events report what goes wrong. */
  async join(): Promise<boolean> {
    try {
      await this.client.connect();
      return true;
    } catch {
      // The `stopped` event has said why, or `leave` was called.
      return false;
    }
  }

  leave(): void {
    void this.client.close();
  }

  /** Closes the caller's call. */
  decline(call: Signal): void {
    this.callEnded(call.source);
    decline(this.client, call).catch(() => {
      // The caller is gone, this tab has left, or the token forbids the signal. There is nobody left to inform.
    });
  }

  /** This side has hung up on `other`. */
  callEnded(other: string): void {
    this.#echoUntil.set(other, performance.now() + ECHO_MS);
  }

  #report(error: SignalError): void {
    if (this.client.state === "closed") this.#events.stopped(error);
    else this.#events.fault(error);
  }

  #receive(signal: Signal): void {
    const call = callOf(signal);
    // A page that was reloaded hangs up on the call that it no longer has: the call itself goes on.
    const presence = call === "hang-up" ? null : readPresence(signal.data);
    if (presence !== null) this.#events.presence(signal.source, presence);
    if (call === "hang-up") this.#events.callerHungUp(signal.source);
    const isEcho = performance.now() < (this.#echoUntil.get(signal.source) ?? 0);
    if (call === "call" && !isEcho) this.#events.incomingCall(signal);
  }
}
