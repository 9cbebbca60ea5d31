/** Keeps a session: makes one `Connection` after another, when and for as long as `policy.ts` says. */
import type { SignalError } from "../errors.ts";
import { newAbort } from "../abort.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Cancel, HttpAnswer, Ports } from "../ports.ts";
import { Connection, type SessionEvents } from "./connection.ts";
import { classifyEnd, type Disconnect } from "./disconnect.ts";
import {
  ASK_TIMEOUT_MS,
  backoffMs,
  decideAnswer,
  decideNews,
  hubsPauseMs,
  isStable,
  NEWS,
  shouldAsk,
  type News,
} from "./policy.ts";
import { addressOf } from "../wire/hub-url.ts";

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
  /** The state is another one. `error` says why: for `waiting`, and for `closed` unless `close()` was called. */
  changed(state: ClientState, error?: SignalError): void;
}

/** The sessions of one client, at most one at a time. */
export class Reconnector {
  readonly #options: ResolvedOptions;
  readonly #ports: Ports;
  readonly #events: ReconnectorEvents;
  #phase: Phase = { state: "idle" };
  #failures = 0;
  /** Attempts in a row whose socket never opened. Decides where the token goes (`placeToken`). */
  #unopened = 0;
  #isTokenRefused = false;
  /** When the attempt began. */
  #attemptAtMs = 0;
  /** Since when there is no session. null: there is one, or the first attempt runs. */
  #outageAtMs: number | null = null;
  /** Until when the hub asked the client to wait. */
  #notBeforeMs = 0;
  /** When news last caused an attempt, and when the last one did after which failures count anew. */
  #newsAtMs = -Infinity;
  #freshNewsAtMs = -Infinity;
  #askedAtMs = -Infinity;
  #stopWatching: Cancel = () => {};
  #stopAsking: Cancel = () => {};

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
    this.#failures = 0;
    this.#unopened = 0;
    this.#isTokenRefused = false;
    this.#askedAtMs = -Infinity;
    this.#outageAtMs = null;
    this.#stopWatching();
    this.#stopWatching = this.#ports.onReturn((news) => this.hear(news));
    this.#attemptSoon();
  }

  /** Does nothing if there is no session. */
  write(message: Uint8Array<ArrayBuffer>): void {
    if (this.#phase.state === "connected") this.#phase.connection.write(message);
  }

  /** Does what the policy says: nothing, or a ping, or an attempt. */
  hear(news: News): void {
    const phase = this.#phase;
    if (phase.state === "idle" || phase.state === "closed") return;
    const nowMs = this.#ports.clock.nowMs();
    const [isUrgent, forgets] = NEWS[news];
    const sinceNewsMs = nowMs - (forgets ? this.#freshNewsAtMs : this.#newsAtMs);
    const next = decideNews(news, phase.state, nowMs - this.#attemptAtMs, sinceNewsMs);
    if (next === "probe" && phase.state === "connected") phase.connection.probe(isUrgent);
    if (next !== "try") return;
    this.#newsAtMs = nowMs;
    if (forgets) {
      this.#freshNewsAtMs = this.#outageAtMs = nowMs;
      this.#failures = 0;
    }
    this.#attemptSoon();
  }

  /** Resolves when the socket has closed. */
  stop(): Promise<void> {
    const phase = this.#phase;
    const closed = "connection" in phase ? phase.connection.close() : Promise.resolve();
    if (phase.state !== "closed") this.#close();
    return closed;
  }

  /** At once, unless the hub asked for a pause. It outlasts `stop` and `start`. */
  #attemptSoon(): void {
    if (this.#notBeforeMs > this.#ports.clock.nowMs()) this.#wait(this.#notBeforeMs);
    else this.#attempt();
  }

  /** Begins an attempt, in place of the pause or of the attempt that runs. */
  #attempt(): void {
    this.#drop();
    const { clock } = this.#ports;
    this.#attemptAtMs = clock.nowMs();
    const connection: Connection = new Connection(this.#options, this.#ports, {
      ...this.#events,
      connected: () => this.#connected(connection),
      ended: (end, hasOpened, token) => this.#ended(end, hasOpened, token),
    });
    this.#enter({ state: "connecting", connection });
    connection.start(this.#unopened);
  }

  #connected(connection: Connection): void {
    this.#stopAsking();
    this.#outageAtMs = null;
    this.#enter({ state: "connected", connection, sinceMs: this.#ports.clock.nowMs() });
  }

  #ended(end: Disconnect, hasOpened: boolean, token: string | null): void {
    const phase = this.#phase;
    const nowMs = this.#ports.clock.nowMs();
    if (phase.state === "connected" && isStable(nowMs - phase.sinceMs)) {
      this.#failures = 0;
      this.#isTokenRefused = false;
    }
    this.#outageAtMs ??= nowMs;
    if (hasOpened) this.#unopened = 0;
    else if (token !== null) {
      this.#unopened += 1;
      if (shouldAsk(this.#unopened, nowMs - this.#askedAtMs)) void this.#askWhy(token);
    }
    this.#follow(end);
  }

  /** Does what follows from an end, or from an answer that explains the ends before. */
  #follow(end: Disconnect): void {
    const { clock, random } = this.#ports;
    const nowMs = clock.nowMs();
    // A function whose second token in a row is refused, too, has no better one.
    const canRenewToken = typeof this.#options.token === "function" && !this.#isTokenRefused;
    const { error, isRefusal } = classifyEnd(end, canRenewToken);
    if (!error.retryable) return this.#close(error);
    if (isRefusal) {
      this.#isTokenRefused = true;
      // The answer to another token is worth a question of its own.
      this.#askedAtMs = -Infinity;
    }
    const { retryAfterMs } = error;
    const outageMs = retryAfterMs === undefined ? nowMs - (this.#outageAtMs ?? nowMs) : 0;
    this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + hubsPauseMs(retryAfterMs));
    const pauseMs = backoffMs(this.#failures, outageMs, random(), this.#options);
    this.#failures += 1;
    this.#wait(this.#notBeforeMs + pauseMs, error);
  }

  /** Waits, or goes on waiting, until then. */
  #wait(atMs: number, error?: SignalError): void {
    this.#drop();
    const { clock } = this.#ports;
    const cancel = clock.after(atMs - clock.nowMs(), () => this.#attempt());
    this.#enter({ state: "waiting", cancel }, error);
  }

  async #askWhy(token: string): Promise<void> {
    const { clock } = this.#ports;
    this.#stopAsking();
    this.#askedAtMs = clock.nowMs();
    const question = newAbort();
    let isOver = false;
    const stop = () => {
      isOver = true;
      cancel();
      question.abort();
    };
    const cancel = clock.after(ASK_TIMEOUT_MS, stop);
    this.#stopAsking = stop;
    const url = addressOf(this.#options).replace(/^ws/, "http");
    let answer: HttpAnswer | undefined;
    try {
      answer = await this.#ports.httpGet?.(url, token, question.signal);
    } catch {
      // No network, no CORS, an abort, or a token that no header can carry: the client knows no more than before.
    }
    if (isOver) return;
    stop();
    const end = answer && decideAnswer(answer);
    if (end?.kind === "failed") this.#outageAtMs = -Infinity;
    if (end) this.#follow(end);
  }

  #close(error?: SignalError): void {
    this.#drop();
    this.#stopWatching();
    this.#stopAsking();
    this.#enter({ state: "closed" }, error);
  }

  /** Ends the pause, or the attempt that runs. */
  #drop(): void {
    const phase = this.#phase;
    if (phase.state === "waiting") phase.cancel();
    if (phase.state === "connecting") phase.connection.abandon();
  }

  #enter(phase: Phase, error?: SignalError): void {
    const isNew = phase.state !== this.#phase.state;
    this.#phase = phase;
    if (isNew) this.#events.changed(phase.state, error);
    else if (error !== undefined) this.#events.fault(error);
  }
}
