/** A signal, as a user of the SDK sends and receives it. */
import { SIGNAL_ANSWER, SIGNAL_ICE_CANDIDATE, SIGNAL_OFFER } from "../protocol/messages/signal.ts";

/** The message type of each signal type (SI1). */
export const SIGNAL_MESSAGE_TYPES = {
  offer: SIGNAL_OFFER,
  answer: SIGNAL_ANSWER,
  "ice-candidate": SIGNAL_ICE_CANDIDATE,
} as const;

export type SignalType = keyof typeof SIGNAL_MESSAGE_TYPES;

/**
 * Any JSON value, or an object that `toJSON` or its own fields make one. The compiler cannot check what is inside an object,
 * so `send` does: it rejects with `bad-signal` where JSON would lose something in silence.
 */
export type SignalData = string | number | boolean | null | object;

/** A signal that arrived. */
export interface Signal {
  readonly type: SignalType;
  /** The client id of its sender, as the hub authenticated it (SI2). */
  readonly source: string;
  /** What the sender gave to `send`: a string if the sender uses TEXT (SI3), a Uint8Array if it uses BINARY (SI4). */
  readonly data: unknown;
  /** The uuid that the sender chose. A signal that is sent again keeps it. */
  readonly id: string;
}

export interface SendOptions {
  /** When it fires, the promise rejects with `aborted`. A signal that was not written yet is then never sent. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the promise rejects with `timed-out`. The default is the client's `sendTimeoutMs`. */
  readonly timeoutMs?: number;
  /**
   * Whether the client may send the signal again after a reconnect, so that it may arrive twice. The default is false:
   * a signal whose connection is lost rejects with `outcome-unknown`.
   */
  readonly resend?: boolean;
  /**
   * Whether the signal leaves within this call, with all that waits before it, rather than at the end of the turn. The
   * default is false. A page that goes away (`pagehide`) has no end of the turn.
   */
  readonly urgent?: boolean;
}
