/** The client of a Signal Manager hub: it sends signals, each with a definite outcome, receives signals, and reconnects. */
import type { ErrorReport } from "../protocol/messages/error.ts";
import { formatUuid } from "../protocol/uuid.ts";
import { onAbort } from "./abort.ts";
import { watchAnswer } from "./connection/keep-alive.ts";
import { Reconnector, type ClientState } from "./connection/reconnector.ts";
import { Emitter } from "./emitter.ts";
import { SignalError } from "./errors.ts";
import { parseOptions, type ResolvedOptions, type SignalClientOptions } from "./options.ts";
import { platformPorts } from "./platform.ts";
import { answerForNobody } from "./peer/live-calls.ts";
import type { Cancel, Ports } from "./ports.ts";
import type { SendOptions, Signal, SignalData, SignalType } from "./signal.ts";
import { Inbox } from "./signals/inbox.ts";
import { PendingSignals, type SettledSignal } from "./signals/pending-signals.ts";
import { encodeSignal, packMessages } from "./wire/outgoing.ts";

export interface SignalClientEvents {
  /** A signal for this client (SI1). */
  signal: Signal;
  state: ClientState;
  /** What no promise reports: why the connection was lost, a protocol error of the hub, a listener that threw. */
  error: SignalError;
}

/** A promise of `connect` or `send` that is not settled. */
interface Waiter {
  resolve(): void;
  reject(error: SignalError): void;
  readonly cancel: Cancel;
}

export class SignalClient implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #ports: Ports;
  readonly #reconnector: Reconnector;
  readonly #pending: PendingSignals;
  readonly #inbox: Inbox;
  readonly #events = new Emitter<SignalClientEvents>();
  readonly #sends = new Map<string, Waiter>();
  readonly #connects = new Set<Waiter>();
  #stoppedBy: SignalError | undefined;
  #willFlush = false;

  /**
   * Does not connect yet: `connect()` does. Tests replace the platform with `ports`.
   * @throws SignalError `bad-option`. Its message names every fault.
   */
  constructor(options: SignalClientOptions, ports: Ports = platformPorts(options.WebSocket)) {
    this.#options = parseOptions(options);
    this.#ports = ports;
    this.#pending = new PendingSignals(this.#options.maxQueued);
    this.#inbox = new Inbox(this.#events, ports.clock, this.#options.maxBuffered);
    this.#reconnector = new Reconnector(this.#options, ports, {
      changed: (state, error) => this.#changed(state, error),
      signal: (signal) => this.#deliver(signal),
      answered: (id, report) => this.#answered(id, report),
      fault: (error) => this.#events.emit("error", error),
    });
  }

  get clientId(): string {
    return this.#options.clientId;
  }

  get state(): ClientState {
    return this.#reconnector.state;
  }

  /**
   * Resolves at CONNECT_ACK (CO2), or at once if there is a session. While the hub is away it waits, and `error` events
   * say why. After `closed` it starts over.
   * @throws SignalError (rejects) with the code that stopped the client, with `closed`, or with `aborted`. An abort also
   * closes the client if this call began to connect it.
   */
  async connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (signal?.aborted === true) throw new SignalError("aborted", { cause: signal.reason });
    if (this.state === "connected") return;
    const begins = this.state === "idle" || this.state === "closed";
    await new Promise<void>((resolve, reject) => {
      const cancel = onAbort(signal, (cause) => {
        this.#connects.delete(waiter);
        reject(new SignalError("aborted", { cause }));
        if (begins && this.#reconnector.state !== "connected") void this.close();
      });
      const waiter: Waiter = { resolve, reject, cancel };
      this.#connects.add(waiter);
      if (begins) this.#reconnector.start();
    });
  }

  /**
   * Sends DISCONNECT (DC1), closes with 1000, and resolves when the socket has closed. Signals that were sent before still
   * leave, but their promises reject with `closed`, like everything that is pending. The loops of `signals()` end.
   */
  close(): Promise<void> {
    this.#flush();
    this.#inbox.forget();
    return this.#reconnector.stop();
  }

  /**
   * Ends a pause, and begins an attempt at once: for an application that learns by itself that the network is back. It keeps a
   * pause that the hub asked for (ER1). It probes a session, and does nothing before `connect()` and after `closed`.
   */
  reconnectNow(): void {
    this.#reconnector.hear("reconnect-now");
  }

  /**
   * Pings the hub, and reconnects if nothing arrives within five seconds, or within a shorter `pongTimeoutMs`. Does nothing
   * without a session.
   */
  probe(): void {
    this.#reconnector.hear("doubt");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Sends a signal (SI1) and resolves when the hub has handed it to the target's connection. Signals to one target arrive
   * in the order of the calls (SI9). While there is no connection, they wait in a queue.
   * @throws SignalError (rejects) with `code`, `target` and `retryable`. Its `outcome` says whether the signal may have
   * arrived.
   */
  async send(
    target: string,
    type: SignalType,
    data: SignalData,
    {
      signal,
      timeoutMs = this.#options.sendTimeoutMs,
      resend = false,
      urgent = false,
    }: SendOptions = {},
  ): Promise<void> {
    if (signal?.aborted === true)
      throw new SignalError("aborted", { target, cause: signal.reason });
    if (this.state === "idle") throw new SignalError("not-started", { target });
    if (this.state === "closed")
      throw new SignalError("closed", { target, cause: this.#stoppedBy });
    const uuid = this.#ports.uuid();
    const frame = encodeSignal(uuid, this.#options.clientId, { type, target, data });
    const id = formatUuid(uuid);
    await new Promise<void>((resolve, reject) => {
      const cancelTimer = this.#ports.clock.after(timeoutMs, () =>
        this.#settleSends(this.#pending.giveUp(id, "timed-out")),
      );
      const cancelAbort = onAbort(signal, (cause) =>
        this.#settleSends(this.#pending.giveUp(id, "aborted", cause)),
      );
      const cancelWatch = watchAnswer(this.#ports.clock, () => this.probe());
      const cancel = () => {
        cancelTimer();
        cancelWatch();
        cancelAbort();
      };
      this.#sends.set(id, { resolve, reject, cancel });
      this.#settleSends(this.#pending.add({ id, target, frame, resend }));
      if (urgent) this.#flush();
      else this.#flushSoon();
    });
  }

  /**
   * Returns a function that removes the listener. A listener that throws causes an `error` event, and the others still run.
   * Signals that arrived before anybody listened reach every listener of `signal` that this turn adds, when it has ended.
   */
  on<Name extends keyof SignalClientEvents>(
    event: Name,
    listener: (value: SignalClientEvents[Name]) => unknown,
  ): () => void {
    if (event === "signal") this.#inbox.listenerComes();
    return this.#events.on(event, listener);
  }

  /**
   * Every signal from this call on, for one `for await` loop, and those that nobody has heard yet. A reader that is more than
   * `maxBuffered` signals behind gets the buffered ones and then `buffer-full`. The stream ends when the client is closed or
   * the reader leaves the loop.
   * @throws SignalError (rejects) with what stopped the client, with `buffer-full`, or with `aborted`.
   */
  signals({ signal }: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<Signal> {
    return this.#inbox.open(signal);
  }

  #changed(state: ClientState, error: SignalError | undefined): void {
    if (state === "connected") {
      this.#pending.connected();
      this.#flush();
      this.#settleConnects(null);
    } else if (state === "closed") {
      this.#stopped(error);
    } else {
      this.#settleSends(this.#pending.disconnected());
    }
    if (error !== undefined) this.#events.emit("error", error);
    // A listener of `error` may have changed the state, and that change has emitted its own event.
    if (this.state === state) this.#events.emit("state", state);
  }

  #stopped(error: SignalError | undefined): void {
    this.#stoppedBy = error;
    this.#settleSends(this.#pending.closed(error));
    this.#settleConnects(error ?? new SignalError("closed"));
    this.#inbox.end(error ?? null);
  }

  #deliver(signal: Signal): void {
    this.#inbox.receive(signal);
    // After the listeners: one of them may have answered the call.
    answerForNobody(this, signal, this.#ports.clock.nowMs());
  }

  #answered(id: string, report: ErrorReport | null): void {
    const settled = this.#pending.answer(id, report);
    if (settled !== null) return this.#settleSends(settled);
    const detail = `an answer to ${id}, which this client did not send: ${report?.text ?? "delivered"}`;
    this.#events.emit("error", new SignalError("bad-frame", { detail, errorCode: report?.code }));
  }

  #settleConnects(error: SignalError | null): void {
    for (const waiter of this.#connects) settle(waiter, error);
    this.#connects.clear();
  }

  #settleSends(settled: readonly SettledSignal[]): void {
    for (const { id, error } of settled) {
      const waiter = this.#sends.get(id);
      this.#sends.delete(id);
      if (waiter !== undefined) settle(waiter, error);
    }
  }

  /** Flushes at the end of this turn, so that the signals of one turn leave in one message. */
  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    this.#ports.clock.soon(() => {
      this.#willFlush = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const message of packMessages(this.#pending.take())) this.#reconnector.write(message);
  }
}

function settle({ resolve, reject, cancel }: Waiter, error: SignalError | null): void {
  cancel();
  if (error === null) resolve();
  else reject(error);
}
