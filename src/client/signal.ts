/** What clients say to each other, as a user of the SDK sees it. */
import { SIGNAL_ANSWER, SIGNAL_ICE_CANDIDATE, SIGNAL_OFFER } from "../protocol/messages/signal.ts";

/** The names of the SDK for the three signal types of the wire (SI1). */
export const SIGNAL_TYPES = {
  offer: SIGNAL_OFFER,
  answer: SIGNAL_ANSWER,
  "ice-candidate": SIGNAL_ICE_CANDIDATE,
} as const;

export type SignalType = keyof typeof SIGNAL_TYPES;

/** Any value that JSON can say. Inside an object the compiler cannot check it: `send` does. */
export type SignalData = string | number | boolean | null | object;

/** A signal that arrived. */
export interface Signal {
  readonly type: SignalType;
  /** The client id of its sender, as the hub authenticated it (SI2). */
  readonly source: string;
  /** What the sender gave to `send`. A string where a sender spoke TEXT (SI3), a Uint8Array where BINARY (SI4). */
  readonly data: unknown;
  /** The uuid that the sender chose. One that was sent again has the same. */
  readonly id: string;
}

export interface SendOptions {
  /** Gives up waiting: the promise rejects with `aborted`. A signal that was not written yet is never sent. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the promise rejects with `timed-out`; default `sendTimeoutMs` of the client. */
  readonly timeoutMs?: number;
  /** True: may be sent again after a reconnect, and so may arrive twice. Default false: `outcome-unknown`. */
  readonly resend?: boolean;
}
