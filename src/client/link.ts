/** A connection that comes back: one `Connection` after another, until told to stop or until it makes no sense. */
import type { ErrorReport } from "../protocol/messages/error.ts";
import { backoffMs } from "./backoff.ts";
import { Connection } from "./connection.ts";
import { judge, type End } from "./end.ts";
import type { SignalError } from "./errors.ts";
import type { Settings } from "./options.ts";
import type { Cancel, Ports } from "./ports.ts";
import type { Signal } from "./signal.ts";

/**
 * `idle` until `connect()`. `connecting`: an attempt runs. `connected`: there is a session. `waiting`: between attempts.
 * `closed`: by `close()`, or because trying again makes no sense; `connect()` begins anew.
 */
export type ClientState = "idle" | "connecting" | "connected" | "waiting" | "closed";

type Phase =
  | { readonly state: "idle" | "closed" }
  | { readonly state: "connecting"; readonly connection: Connection }
  | { readonly state: "connected"; readonly connection: Connection; readonly sinceMs: number }
  | { readonly state: "waiting"; readonly cancel: Cancel };

export interface LinkEvents {
  /** `error`: why it is `waiting` or `closed`; undefined where the user wanted it. */
  changed(state: ClientState, error?: SignalError): void;
  signal(signal: Signal): void;
  answered(id: string, report: ErrorReport | null): void;
  fault(error: SignalError): void;
}

/** A session that lasted so long was a good one: the next failure is the first again. */
const STABLE_MS = 10_000;

/** The hub is not ours: it cannot ask for a longer pause. */
const MAX_RETRY_AFTER_MS = 300_000;

export class Link {
  readonly #settings: Settings;
  readonly #ports: Ports;
  readonly #events: LinkEvents;
  #phase: Phase = { state: "idle" };
  #cancelWake: Cancel = () => {};
  #failures = 0;
  #refusals = 0;
  #unopened = 0;

  constructor(settings: Settings, ports: Ports, events: LinkEvents) {
    this.#settings = settings;
    this.#ports = ports;
    this.#events = events;
  }

  get state(): ClientState {
    return this.#phase.state;
  }

  /** From `idle` or `closed`. */
  start(): void {
    this.#forgetFailures();
    this.#unopened = 0;
    this.#cancelWake();
    this.#cancelWake = this.#ports.onWake(() => this.#wake());
    this.#attempt();
  }

  /** Nothing happens where there is no session. */
  write(message: Uint8Array<ArrayBuffer>): void {
    if (this.#phase.state === "connected") this.#phase.connection.write(message);
  }

  /** Resolves when the socket has gone. */
  stop(): Promise<void> {
    const phase = this.#phase;
    if (phase.state === "waiting") phase.cancel();
    const gone = "connection" in phase ? phase.connection.close() : Promise.resolve();
    if (phase.state !== "closed") this.#close();
    return gone;
  }

  #attempt(): void {
    const { clock } = this.#ports;
    const connection: Connection = new Connection(this.#settings, this.#ports, {
      connected: () => this.#change({ state: "connected", connection, sinceMs: clock.nowMs() }),
      signal: (signal) => this.#events.signal(signal),
      answered: (id, report) => this.#events.answered(id, report),
      fault: (error) => this.#events.fault(error),
      ended: (end, hasOpened) => this.#ended(end, hasOpened),
    });
    this.#change({ state: "connecting", connection });
    connection.start(this.#unopened);
  }

  #ended(end: End, hasOpened: boolean): void {
    const { clock } = this.#ports;
    const phase = this.#phase;
    if (phase.state === "connected" && clock.nowMs() - phase.sinceMs >= STABLE_MS) {
      this.#forgetFailures();
    }
    this.#unopened = hasOpened ? 0 : this.#unopened + 1;
    const tokenIsRenewable = typeof this.#settings.token === "function";
    const { error, isRefusal } = judge(end, { tokenIsRenewable, refusals: this.#refusals });
    if (!error.retryable) return this.#close(error);
    if (isRefusal) this.#refusals += 1;
    const atLeastMs = Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
    const pauseMs = atLeastMs + backoffMs(this.#failures, this.#ports.random(), this.#settings);
    this.#failures += 1;
    const cancel = clock.after(pauseMs, () => this.#attempt());
    this.#change({ state: "waiting", cancel }, error);
  }

  /** The network or the page is back: a pause is over, and a connection may have died unnoticed. */
  #wake(): void {
    const phase = this.#phase;
    if (phase.state === "connected") phase.connection.probe();
    if (phase.state !== "waiting") return;
    phase.cancel();
    this.#attempt();
  }

  #close(error?: SignalError): void {
    this.#cancelWake();
    this.#change({ state: "closed" }, error);
  }

  #change(phase: Phase, error?: SignalError): void {
    this.#phase = phase;
    this.#events.changed(phase.state, error);
  }

  #forgetFailures(): void {
    this.#failures = 0;
    this.#refusals = 0;
  }
}
