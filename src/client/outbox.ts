/** Every signal between `send` and its outcome. No clock, no socket; each signal added is settled exactly once. */
import type { ErrorReport } from "../protocol/messages/error.ts";
import { codeOfErrorFrame, SignalError, type SignalErrorCode } from "./errors.ts";

export interface Outgoing {
  readonly id: string;
  readonly target: string;
  readonly frame: Uint8Array<ArrayBuffer>;
  /** Whether it may be written again to another connection. */
  readonly resend: boolean;
}

/** The end of a signal. null: the hub acknowledged it. */
export interface Settled {
  readonly id: string;
  readonly error: SignalError | null;
}

interface Entry extends Outgoing {
  timesWritten: number;
}

/** Given-up signals whose late answers are still recognised. Beyond it an answer is reported as a stranger. */
const MAX_GIVEN_UP = 1_024;

export class Outbox {
  readonly #maxQueued: number;
  #isOpen = false;
  #queued = new Map<string, Entry>();
  #written = new Map<string, Entry>();
  readonly #givenUp = new Set<string>();

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** Takes a signal in, or settles it as `queue-full`. */
  add(outgoing: Outgoing): Settled[] {
    if (!this.#isOpen && this.#queued.size >= this.#maxQueued) {
      return [failure({ ...outgoing, timesWritten: 0 }, "queue-full")];
    }
    this.#queued.set(outgoing.id, { ...outgoing, timesWritten: 0 });
    return [];
  }

  /** There is a connection: from here on the queue's limit does not count, since `take` empties it. */
  open(): void {
    this.#isOpen = true;
  }

  /** The frames to write now, in order. Nothing while there is no connection. */
  take(): Uint8Array<ArrayBuffer>[] {
    if (!this.#isOpen) return [];
    const entries = [...this.#queued.values()];
    this.#queued.clear();
    for (const entry of entries) {
      entry.timesWritten += 1;
      this.#written.set(entry.id, entry);
    }
    return entries.map(({ frame }) => frame);
  }

  /** SIGNAL_ACK (`report` null) or ERROR. null: it answers nothing that was written here. */
  answer(id: string, report: ErrorReport | null): Settled[] | null {
    const entry = this.#written.get(id);
    if (entry === undefined) return this.#givenUp.delete(id) ? [] : null;
    this.#written.delete(id);
    return [report === null ? { id, error: null } : refusal(entry, report)];
  }

  /** Out of time, or out of the caller's patience. Nothing, if it is settled already. */
  giveUp(id: string, code: "timed-out" | "aborted", cause?: unknown): Settled[] {
    const entry = this.#written.get(id) ?? this.#queued.get(id);
    if (entry === undefined) return [];
    this.#queued.delete(id);
    if (this.#written.delete(id)) this.#expectNoMore(id);
    return [failure(entry, code, cause)];
  }

  /** The connection is gone: what was written goes to the head of the queue again, or has no known outcome. */
  lost(): Settled[] {
    this.#isOpen = false;
    this.#givenUp.clear();
    const written = [...this.#written.values()];
    const again = written.filter(({ resend }) => resend);
    this.#queued = new Map([...again.map((entry) => [entry.id, entry] as const), ...this.#queued]);
    this.#written.clear();
    return written
      .filter(({ resend }) => !resend)
      .map((entry) => failure(entry, "outcome-unknown"));
  }

  /** The client has stopped. `cause` says why, where it was not the user. */
  end(cause?: SignalError): Settled[] {
    this.#isOpen = false;
    this.#givenUp.clear();
    const entries = [...this.#written.values(), ...this.#queued.values()];
    this.#written.clear();
    this.#queued.clear();
    return entries.map((entry) => failure(entry, "closed", cause));
  }

  #expectNoMore(id: string): void {
    this.#givenUp.add(id);
    const [oldest] = this.#givenUp;
    if (this.#givenUp.size > MAX_GIVEN_UP && oldest !== undefined) this.#givenUp.delete(oldest);
  }
}

function refusal({ id, target, timesWritten }: Entry, report: ErrorReport): Settled {
  const error = new SignalError(codeOfErrorFrame(report.code), {
    target,
    detail: report.text,
    errorCode: report.code,
    retryAfterMs: report.retryAfterMs ?? undefined,
    // The hub refused the last copy; what became of an earlier one nobody knows.
    outcome: timesWritten > 1 ? "unknown" : "not-delivered",
  });
  return { id, error };
}

function failure(
  { id, target, timesWritten }: Entry,
  code: SignalErrorCode,
  cause?: unknown,
): Settled {
  const outcome = timesWritten > 0 ? "unknown" : "not-delivered";
  return { id, error: new SignalError(code, { target, outcome, cause }) };
}
