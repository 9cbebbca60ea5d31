/** The client of a Signal Manager hub: signals out with a definite outcome, signals in, and a session that comes back. */
import type { ErrorReport } from "../protocol/messages/error.ts";
import { formatUuid } from "../protocol/uuid.ts";
import { onAbort } from "./abort.ts";
import { Emitter } from "./emitter.ts";
import { SignalError } from "./errors.ts";
import { Link, type ClientState } from "./link.ts";
import { parseOptions, type Settings, type SignalClientOptions } from "./options.ts";
import { Outbox, type Settled } from "./outbox.ts";
import { encodeSignal, packMessages } from "./outgoing.ts";
import { platformPorts } from "./platform.ts";
import type { Cancel, Ports } from "./ports.ts";
import type { SendOptions, Signal, SignalData, SignalType } from "./signal.ts";
import { SignalStream } from "./signal-stream.ts";

export interface SignalClientEvents {
  /** A signal for this client (SI1). */
  signal: Signal;
  state: ClientState;
  /** What no promise tells: why the connection went, what the hub sent amiss, what a listener threw. */
  error: SignalError;
}

interface Waiter {
  resolve(): void;
  reject(error: SignalError): void;
  readonly cancel: Cancel;
}

export class SignalClient implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #ports: Ports;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #events = new Emitter<SignalClientEvents>();
  readonly #sending = new Map<string, Waiter>();
  readonly #connecting = new Set<Waiter>();
  readonly #streams = new Set<SignalStream>();
  #stoppedBy: SignalError | undefined;
  #willFlush = false;

  /**
   * Does nothing yet: `connect()` does. `ports` replace the platform in tests.
   * @throws SignalError `bad-option`, with every fault in its words.
   */
  constructor(options: SignalClientOptions, ports: Ports = platformPorts(options.WebSocket)) {
    this.#settings = parseOptions(options);
    this.#ports = ports;
    this.#outbox = new Outbox(this.#settings.maxQueued);
    this.#link = new Link(this.#settings, ports, {
      changed: (state, error) => this.#changed(state, error),
      signal: (signal) => this.#deliver(signal),
      answered: (id, report) => this.#answered(id, report),
      fault: (error) => this.#events.emit("error", error),
    });
  }

  get clientId(): string {
    return this.#settings.clientId;
  }

  get state(): ClientState {
    return this.#link.state;
  }

  /**
   * Resolves at CONNECT_ACK (CO2), at once where there is a session. While the hub is away it waits, and `error` events
   * say why. After `closed` it begins anew.
   * @throws SignalError (rejects): the code that stopped the client; `closed`; `aborted`, which also closes the client
   * where this call is the one that began to connect.
   */
  async connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (signal?.aborted === true) throw new SignalError("aborted", { cause: signal.reason });
    if (this.state === "connected") return;
    const begins = this.state === "idle" || this.state === "closed";
    await new Promise<void>((resolve, reject) => {
      const cancel = onAbort(signal, (cause) => {
        this.#connecting.delete(waiter);
        reject(new SignalError("aborted", { cause }));
        if (begins && this.#link.state !== "connected") void this.close();
      });
      const waiter: Waiter = { resolve, reject, cancel };
      this.#connecting.add(waiter);
      if (begins) this.#link.start();
    });
  }

  /**
   * DISCONNECT (DC1) and close 1000; resolves when the socket has gone. Signals that were sent before still leave, but
   * their outcome is not waited for: whatever is pending rejects with `closed`, `signals()` end.
   */
  close(): Promise<void> {
    this.#flush();
    return this.#link.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Sends a signal (SI1) and waits for its outcome: resolves when the hub has handed it to the target's connection.
   * Signals to one target arrive in the order of the calls (SI9). While there is no connection they wait in a queue.
   * @throws SignalError (rejects) with `code`, `target`, `retryable`, and in `outcome` whether it may have arrived.
   */
  async send(
    target: string,
    type: SignalType,
    data: SignalData,
    { signal, timeoutMs = this.#settings.sendTimeoutMs, resend = false }: SendOptions = {},
  ): Promise<void> {
    if (signal?.aborted === true)
      throw new SignalError("aborted", { target, cause: signal.reason });
    if (this.state === "idle") throw new SignalError("not-started", { target });
    if (this.state === "closed")
      throw new SignalError("closed", { target, cause: this.#stoppedBy });
    const uuid = this.#ports.uuid();
    const frame = encodeSignal(uuid, this.#settings.clientId, { type, target, data });
    const id = formatUuid(uuid);
    await new Promise<void>((resolve, reject) => {
      const cancelTimer = this.#ports.clock.after(timeoutMs, () =>
        this.#settle(this.#outbox.giveUp(id, "timed-out")),
      );
      const cancelAbort = onAbort(signal, (cause) =>
        this.#settle(this.#outbox.giveUp(id, "aborted", cause)),
      );
      const cancel = () => {
        cancelTimer();
        cancelAbort();
      };
      this.#sending.set(id, { resolve, reject, cancel });
      this.#settle(this.#outbox.add({ id, target, frame, resend }));
      this.#flushSoon();
    });
  }

  /** Returns the undoing. A listener that throws is reported by an `error` event and disturbs nothing. */
  on<Name extends keyof SignalClientEvents>(
    event: Name,
    listener: (value: SignalClientEvents[Name]) => unknown,
  ): () => void {
    return this.#events.on(event, listener);
  }

  /**
   * Every signal from this call on, for one `for await`. A reader that falls `maxBuffered` behind gets what is held and
   * then `buffer-full`. Ends when the client is closed; leaving the loop ends it too.
   * @throws SignalError (rejects): what stopped the client; `buffer-full`; `aborted`.
   */
  signals({ signal }: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<Signal> {
    const undo: Cancel[] = [];
    const stream = new SignalStream(this.#settings.maxBuffered, () => {
      for (const cancel of undo) cancel();
    });
    this.#streams.add(stream);
    undo.push(
      () => this.#streams.delete(stream),
      onAbort(signal, (cause) => stream.end(new SignalError("aborted", { cause }))),
    );
    if (signal?.aborted === true) {
      stream.end(new SignalError("aborted", { cause: signal.reason }));
    }
    return stream;
  }

  #changed(state: ClientState, error: SignalError | undefined): void {
    if (state === "connected") {
      this.#outbox.open();
      this.#flush();
      for (const { resolve, cancel } of this.#connected()) {
        cancel();
        resolve();
      }
    } else if (state === "closed") {
      this.#stopped(error);
    } else {
      this.#settle(this.#outbox.lost());
    }
    if (error !== undefined) this.#events.emit("error", error);
    // A listener of `error` may have changed it, and told.
    if (this.state === state) this.#events.emit("state", state);
  }

  #stopped(error: SignalError | undefined): void {
    this.#stoppedBy = error;
    this.#settle(this.#outbox.end(error));
    for (const { reject, cancel } of this.#connected()) {
      cancel();
      reject(error ?? new SignalError("closed"));
    }
    for (const stream of this.#streams) stream.end(error ?? null);
  }

  /** Those who wait for `connect`, for the last time. */
  #connected(): Waiter[] {
    const waiters = [...this.#connecting];
    this.#connecting.clear();
    return waiters;
  }

  #deliver(signal: Signal): void {
    for (const stream of this.#streams) stream.put(signal);
    this.#events.emit("signal", signal);
  }

  #answered(id: string, report: ErrorReport | null): void {
    const settled = this.#outbox.answer(id, report);
    if (settled !== null) return this.#settle(settled);
    const detail = `an answer to ${id}, which is no signal of ours: ${report?.text ?? "delivered"}`;
    this.#events.emit("error", new SignalError("bad-frame", { detail, errorCode: report?.code }));
  }

  #settle(settled: readonly Settled[]): void {
    for (const { id, error } of settled) {
      const waiter = this.#sending.get(id);
      this.#sending.delete(id);
      waiter?.cancel();
      if (error === null) waiter?.resolve();
      else waiter?.reject(error);
    }
  }

  /** What is sent in one turn of the event loop leaves together. */
  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    this.#ports.clock.soon(() => {
      this.#willFlush = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const message of packMessages(this.#outbox.take())) this.#link.write(message);
  }
}
