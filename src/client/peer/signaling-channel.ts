/** Sends the messages of one call to the other side as signals, and tells which of them may have been lost. */
import { SignalError } from "../errors.ts";
import type { SendOptions, SignalType } from "../signal.ts";
import { SIGNAL_TYPE_OF, type PeerMessage } from "./message.ts";
import { splitMessage } from "./parts.ts";

/** Sends a signal to the other side's client. Rejects with a SignalError. */
export type SendSignal = (
  type: SignalType,
  data: { readonly peer: object },
  options?: SendOptions,
) => Promise<void>;

/** The pause before a message leaves again for which the hub has not said one. */
const RESEND_MS = 1_000;

export interface ChannelEvents {
  /** The message has not arrived, or may not have, and makes sense after a pause. */
  unsent(message: PeerMessage, afterMs: number): void;
  /** What the user should know. */
  error(error: SignalError): void;
}

export class SignalingChannel {
  readonly #sendSignal: SendSignal;
  readonly #events: ChannelEvents;
  #isAbsenceReported = false;

  constructor(sendSignal: SendSignal, events: ChannelEvents) {
    this.#sendSignal = sendSignal;
    this.#events = events;
  }

  send(message: PeerMessage, options?: SendOptions): void {
    const parts = splitMessage(message);
    if (parts === null) return this.#events.error(new SignalError("too-large"));
    const type = SIGNAL_TYPE_OF[message.kind];
    Promise.all(parts.map((peer) => this.#sendSignal(type, { peer }, options))).catch(
      (error: SignalError) => this.#failed(message, error),
    );
  }

  /** There is news of the other side. If it is absent, the channel reports that again. */
  news(): void {
    this.#isAbsenceReported = false;
  }

  #failed(message: PeerMessage, error: SignalError): void {
    const { code, retryable, retryAfterMs } = error;
    const isAbsent = code === "target-absent";
    const isSilent =
      retryAfterMs !== undefined ||
      // The reconnect that follows makes up for it, and the client's own events report that it is closed.
      code === "outcome-unknown" ||
      code === "closed" ||
      (isAbsent && this.#isAbsenceReported);
    if (retryAfterMs !== undefined || (retryable && !isAbsent)) {
      this.#events.unsent(message, retryAfterMs ?? RESEND_MS);
    }
    if (isSilent) return;
    this.#isAbsenceReported = isAbsent;
    this.#events.error(error);
  }
}
