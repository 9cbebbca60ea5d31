/** Sends one peer's messages to the other as signals, and deals with those that are not delivered. */
import type { SignalError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import type { SignalType } from "../signal.ts";
import { SIGNAL_TYPE_OF, type PeerBody, type PeerMessage } from "./message.ts";

/** Sends a signal to the other side's client. Rejects with a SignalError. */
export type SendSignal = (type: SignalType, data: { readonly peer: PeerMessage }) => Promise<void>;

/** The messages of one call. */
export class SignalingChannel {
  /** The id of the other side's call; null while it is unknown. */
  remoteCallId: string | null = null;
  readonly #callId: string;
  readonly #sendSignal: SendSignal;
  readonly #clock: Clock;
  readonly #onError: (error: SignalError) => void;
  #isAbsenceReported = false;
  #isClosed = false;

  /** Calls `onError` for a message that is not delivered, unless the channel sends it again or has reported the absence. */
  constructor(
    callId: string,
    sendSignal: SendSignal,
    clock: Clock,
    onError: (error: SignalError) => void,
  ) {
    this.#callId = callId;
    this.#sendSignal = sendSignal;
    this.#clock = clock;
    this.#onError = onError;
  }

  send(body: PeerBody): void {
    const peer = { from: this.#callId, to: this.remoteCallId, ...body };
    const attempt = () => {
      this.#sendSignal(SIGNAL_TYPE_OF[body.kind], { peer }).catch((error: SignalError) =>
        this.#failed(error, attempt),
      );
    };
    attempt();
  }

  /** A message of the other side arrived. If that side goes away, the channel reports it again. */
  received(): void {
    this.#isAbsenceReported = false;
  }

  /** From here on the channel neither reports nor sends anything again. */
  close(): void {
    this.#isClosed = true;
  }

  #failed(error: SignalError, retry: () => void): void {
    if (this.#isClosed) return;
    const { code, retryAfterMs } = error;
    const isAbsent = code === "target-absent";
    if (retryAfterMs !== undefined) {
      this.#clock.after(retryAfterMs, () => this.#isClosed || retry());
      // The client's own events report that it is closed.
    } else if (code !== "closed" && !(isAbsent && this.#isAbsenceReported)) {
      this.#isAbsenceReported = isAbsent;
      this.#onError(error);
    }
  }
}
