/** Keeps a session: makes one `Connection` after another, until it is stopped or another attempt makes no sense. */
import type { SignalError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Cancel, Ports } from "../ports.ts";
import { Connection, type SessionEvents } from "./connection.ts";
import { classifyEnd, type Disconnect } from "./disconnect.ts";

/**
 * `idle`: before `connect()`. `connecting`: an attempt runs. `connected`: there is a session. `waiting`: the client
 * pauses before the next attempt. `closed`: `close()` was called, or trying again makes no sense; `connect()` starts over.
 */
export type ClientState = "idle" | "connecting" | "connected" | "waiting" | "closed";

type Phase =
  | { readonly state: "idle" | "closed" }
  | { readonly state: "connecting"; readonly connection: Connection }
  | { readonly state: "connected"; readonly connection: Connection; readonly sinceMs: number }
  | { readonly state: "waiting"; readonly cancel: Cancel };

/** What the client hears of its sessions. */
export interface ReconnectorEvents extends SessionEvents {
  /** `error` says why. Set only for `waiting`, and for `closed` unless `close()` was called. */
  changed(state: ClientState, error?: SignalError): void;
}

/** After a session that lasted this long, the next failure counts as the first. */
const STABLE_MS = 10_000;

/** The client does not trust the hub's pause: a longer one is cut to this. */
const MAX_RETRY_AFTER_MS = 300_000;

/** The sessions of one client, at most one at a time. */
export class Reconnector {
  readonly #options: ResolvedOptions;
  readonly #ports: Ports;
  readonly #events: ReconnectorEvents;
  #phase: Phase = { state: "idle" };
  #stopWatching: Cancel = () => {};
  #failures = 0;
  #isTokenRefused = false;
  /** In a row. Decides where the token goes (`placeToken`); reset when a socket opens. */
  #failedUpgrades = 0;

  constructor(options: ResolvedOptions, ports: Ports, events: ReconnectorEvents) {
    this.#options = options;
    this.#ports = ports;
    this.#events = events;
  }

  get state(): ClientState {
    return this.#phase.state;
  }

  /** Begins to connect. The state MUST be `idle` or `closed`. */
  start(): void {
    this.#resetFailures();
    this.#failedUpgrades = 0;
    this.#stopWatching();
    this.#stopWatching = this.#ports.onReturn(() => this.#cameBack());
    this.#attempt();
  }

  /** Does nothing if there is no session. */
  write(message: Uint8Array<ArrayBuffer>): void {
    if (this.#phase.state === "connected") this.#phase.connection.write(message);
  }

  /** Resolves when the socket has closed. */
  stop(): Promise<void> {
    const phase = this.#phase;
    if (phase.state === "waiting") phase.cancel();
    const closed = "connection" in phase ? phase.connection.close() : Promise.resolve();
    if (phase.state !== "closed") this.#close();
    return closed;
  }

  #attempt(): void {
    const { clock } = this.#ports;
    const connection: Connection = new Connection(this.#options, this.#ports, {
      ...this.#events,
      connected: () => this.#enter({ state: "connected", connection, sinceMs: clock.nowMs() }),
      ended: (end, hasOpened) => this.#ended(end, hasOpened),
    });
    this.#enter({ state: "connecting", connection });
    connection.start(this.#failedUpgrades);
  }

  #ended(end: Disconnect, hasOpened: boolean): void {
    const { clock } = this.#ports;
    const phase = this.#phase;
    if (phase.state === "connected" && clock.nowMs() - phase.sinceMs >= STABLE_MS) {
      this.#resetFailures();
    }
    this.#failedUpgrades = hasOpened ? 0 : this.#failedUpgrades + 1;
    // A function whose second token in a row is refused, too, has no better one.
    const canRenewToken = typeof this.#options.token === "function" && !this.#isTokenRefused;
    const { error, isRefusal } = classifyEnd(end, canRenewToken);
    if (!error.retryable) return this.#close(error);
    if (isRefusal) this.#isTokenRefused = true;
    const atLeastMs = Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
    const pauseMs = atLeastMs + backoffMs(this.#failures, this.#ports.random(), this.#options);
    this.#failures += 1;
    const cancel = clock.after(pauseMs, () => this.#attempt());
    this.#enter({ state: "waiting", cancel }, error);
  }

  /** The network or the page is back. A pause ends here, and a connection may have died unnoticed. */
  #cameBack(): void {
    const phase = this.#phase;
    if (phase.state === "connected") phase.connection.probe();
    if (phase.state !== "waiting") return;
    phase.cancel();
    this.#attempt();
  }

  #close(error?: SignalError): void {
    this.#stopWatching();
    this.#enter({ state: "closed" }, error);
  }

  #enter(phase: Phase, error?: SignalError): void {
    this.#phase = phase;
    this.#events.changed(phase.state, error);
  }

  #resetFailures(): void {
    this.#failures = 0;
    this.#isTokenRefused = false;
  }
}

/**
 * The pause before the next attempt, in milliseconds. Full jitter: the pause is random, from zero up to a ceiling that
 * doubles with each failure in a row. Equal or nearly equal pauses would bring the clients of a restarted hub back in waves.
 */
export function backoffMs(
  failures: number,
  random: number,
  { retryBaseMs, retryMaxMs }: Pick<ResolvedOptions, "retryBaseMs" | "retryMaxMs">,
): number {
  return random * Math.min(retryMaxMs, retryBaseMs * 2 ** failures);
}
