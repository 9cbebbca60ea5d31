/** Every signal between `send` and its outcome. Without clock and socket. Each signal added settles exactly once. */
import type { ErrorReport } from "../../protocol/messages/error.ts";
import { codeOfErrorFrame, SignalError, type SignalErrorCode } from "../errors.ts";

export interface OutgoingSignal {
  readonly id: string;
  readonly target: string;
  readonly frame: Uint8Array<ArrayBuffer>;
  /** Whether it may be written to another connection again. */
  readonly resend: boolean;
}

/** The outcome of a signal. `error` is null if the hub acknowledged it. */
export interface SettledSignal {
  readonly id: string;
  readonly error: SignalError | null;
}

interface PendingSignal extends OutgoingSignal {
  timesWritten: number;
}

/** How many given-up signals are remembered, so that a late answer to one is not reported as a protocol error. */
const MAX_GIVEN_UP = 1_024;

export class PendingSignals {
  readonly #maxQueued: number;
  #isConnected = false;
  #queued = new Map<string, PendingSignal>();
  #written = new Map<string, PendingSignal>();
  readonly #givenUp = new Set<string>();

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** Queues a signal, or settles it with `queue-full`. */
  add(signal: OutgoingSignal): SettledSignal[] {
    const pending = { ...signal, timesWritten: 0 };
    if (!this.#isConnected && this.#queued.size >= this.#maxQueued) {
      return [failure(pending, "queue-full")];
    }
    this.#queued.set(signal.id, pending);
    return [];
  }

  /** There is a session. From here on `maxQueued` does not apply, since `take` empties the queue. */
  connected(): void {
    this.#isConnected = true;
  }

  /** Takes the frames to write now, in order. Empty while there is no session. */
  take(): Uint8Array<ArrayBuffer>[] {
    if (!this.#isConnected) return [];
    const signals = [...this.#queued.values()];
    this.#queued.clear();
    for (const signal of signals) {
      signal.timesWritten += 1;
      this.#written.set(signal.id, signal);
    }
    return signals.map(({ frame }) => frame);
  }

  /** Takes in SIGNAL_ACK (`report` is null) or ERROR. Returns null if it answers no signal that was written. */
  answer(id: string, report: ErrorReport | null): SettledSignal[] | null {
    const signal = this.#written.get(id);
    if (signal === undefined) return this.#givenUp.delete(id) ? [] : null;
    this.#written.delete(id);
    return [report === null ? { id, error: null } : refusal(signal, report)];
  }

  /** Settles a signal whose time is up or whose caller aborts. Returns nothing if it is settled already. */
  giveUp(id: string, code: "timed-out" | "aborted", cause?: unknown): SettledSignal[] {
    const signal = this.#written.get(id) ?? this.#queued.get(id);
    if (signal === undefined) return [];
    this.#queued.delete(id);
    if (this.#written.delete(id)) this.#rememberGivenUp(id);
    return [failure(signal, code, cause)];
  }

  /** The session is lost. A written signal goes back to the head of the queue, or settles with an unknown outcome. */
  disconnected(): SettledSignal[] {
    this.#isConnected = false;
    this.#givenUp.clear();
    const written = [...this.#written.values()];
    const again = written.filter(({ resend }) => resend);
    this.#queued = new Map([
      ...again.map((signal) => [signal.id, signal] as const),
      ...this.#queued,
    ]);
    this.#written.clear();
    return written
      .filter(({ resend }) => !resend)
      .map((signal) => failure(signal, "outcome-unknown"));
  }

  /** The client is closed: settles every signal. `cause` says why, unless the user closed it. */
  closed(cause?: SignalError): SettledSignal[] {
    this.#isConnected = false;
    this.#givenUp.clear();
    const signals = [...this.#written.values(), ...this.#queued.values()];
    this.#written.clear();
    this.#queued.clear();
    return signals.map((signal) => failure(signal, "closed", cause));
  }

  #rememberGivenUp(id: string): void {
    this.#givenUp.add(id);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > MAX_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
  }
}

function refusal(
  { id, target, timesWritten }: PendingSignal,
  { code, text, retryAfterMs }: ErrorReport,
): SettledSignal {
  const error = new SignalError(codeOfErrorFrame(code), {
    target,
    detail: text,
    errorCode: code,
    retryAfterMs: retryAfterMs ?? undefined,
    // The hub refused the last copy. An earlier copy may have arrived.
    outcome: timesWritten > 1 ? "unknown" : "not-delivered",
  });
  return { id, error };
}

function failure(
  { id, target, timesWritten }: PendingSignal,
  code: SignalErrorCode,
  cause?: unknown,
): SettledSignal {
  const outcome = timesWritten > 0 ? "unknown" : "not-delivered";
  return { id, error: new SignalError(code, { target, outcome, cause }) };
}
