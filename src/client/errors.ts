/** Everything that can go wrong for a user of the client: one row a code. README's table is checked against it. */
import type { CloseName } from "../protocol/close-codes.ts";
import type { ErrorCode } from "../protocol/errors.ts";

interface ErrorRow {
  /** What a person is told. */
  readonly text: string;
  /**
   * Of a signal: whether sending it again makes sense. Of the connection: whether the client goes on by itself;
   * where it does not, it has stopped, and `connect()` begins anew.
   */
  readonly retryable: boolean;
  /** The ERROR of the wire that says so (ER1). */
  readonly errorCode?: ErrorCode;
  /** The hub's close that says so (CL1). */
  readonly close?: CloseName;
}

// One row a line, to be read down.
// oxfmt-ignore
export const SIGNAL_ERRORS = {
  // The outcome of a signal.
  "target-absent": { retryable: true, errorCode: 404, text: "The target is not connected" },
  "target-forbidden": { retryable: false, errorCode: 403, text: "The token does not allow this target" },
  "too-large": { retryable: false, errorCode: 413, text: "The signal exceeds a frame's 65,535 bytes" },
  "bad-signal": { retryable: false, errorCode: 400, text: "The signal is not valid" },
  "rate-limited": { retryable: true, errorCode: 429, text: "Too many frames: slow down" },
  "hub-fault": { retryable: true, errorCode: 500, text: "The hub failed; the frame had no effect" },
  "hub-unavailable": { retryable: true, errorCode: 503, close: "full", text: "The hub is full, or cannot reach the target" },
  "outcome-unknown": { retryable: true, text: "The connection was lost: the signal may have arrived, or not" },
  "timed-out": { retryable: true, text: "The signal had no outcome in time" },
  "queue-full": { retryable: true, text: "Too many signals wait for the connection" },
  "not-started": { retryable: false, text: "connect() has not been called" },
  closed: { retryable: false, text: "The client is closed" },
  aborted: { retryable: false, text: "The caller aborted" },
  // The connection.
  unreachable: { retryable: true, text: "The hub is unreachable, or refused the credentials: a WebSocket cannot tell which" },
  "connection-lost": { retryable: true, text: "The connection was lost" },
  "token-failed": { retryable: true, text: "The token function gave no token" },
  unauthenticated: { retryable: false, errorCode: 401, close: "unauthenticated", text: "The hub refused the credentials" },
  "connect-refused": { retryable: false, text: "The hub refused CONNECT" },
  replaced: { retryable: false, errorCode: 409, close: "replaced", text: "Another connection took over this client id" },
  kicked: { retryable: false, close: "kicked", text: "An administrator ended the session" },
  "hub-too-old": { retryable: false, text: "The hub is too old: it does not acknowledge signals" },
  "closed-by-hub": { retryable: false, close: "normal", text: "The hub ended the session" },
  "framing-lost": { retryable: false, close: "framing-lost", text: "The hub could not read this client's frames" },
  "message-too-large": { retryable: false, close: "too-large", text: "The hub allows no message of this size" },
  // What came, and what reads it.
  "bad-frame": { retryable: true, text: "The hub broke the protocol" },
  "listener-failed": { retryable: true, text: "A listener threw" },
  "buffer-full": { retryable: false, text: "signals() is read too slowly" },
  "bad-option": { retryable: false, text: "An option is not valid" },
  // peer()
  "negotiation-failed": { retryable: true, text: "The RTCPeerConnection refused a step of the negotiation" },
} as const satisfies Record<string, ErrorRow>;

/** Stable: none is ever renamed. */
export type SignalErrorCode = keyof typeof SIGNAL_ERRORS;

/** What is known beside the code. */
export interface SignalErrorDetails {
  /** Words behind the table's. */
  readonly detail?: string | undefined;
  readonly target?: string | undefined;
  readonly errorCode?: number | undefined;
  readonly closeCode?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Default `not-delivered`. */
  readonly outcome?: "not-delivered" | "unknown" | undefined;
  readonly cause?: unknown;
}

/** The one error class of the client: rejections of `send`, `connect` and `signals`, and every `error` event. */
export class SignalError extends Error {
  override readonly name = "SignalError";
  readonly code: SignalErrorCode;
  /** Of a signal: whether sending it again makes sense. Of the connection: whether the client goes on by itself. */
  readonly retryable: boolean;
  /** Of a signal: `not-delivered` is certain; `unknown` means that the target may have received it. */
  readonly outcome: "not-delivered" | "unknown";
  /** The client id that the signal was for. */
  readonly target: string | undefined;
  /** The number of the ERROR frame that says so (ER1). */
  readonly errorCode: number | undefined;
  /** The WebSocket's close code, where a close says so (CL1). */
  readonly closeCode: number | undefined;
  /** Not before so many milliseconds (ER1). */
  readonly retryAfterMs: number | undefined;

  constructor(code: SignalErrorCode, details: SignalErrorDetails = {}) {
    const { text, retryable } = SIGNAL_ERRORS[code];
    const { detail, cause } = details;
    super(detail === undefined ? text : `${text}: ${detail}`, cause === undefined ? {} : { cause });
    this.code = code;
    this.retryable = retryable;
    this.outcome = details.outcome ?? "not-delivered";
    this.target = details.target;
    this.errorCode = details.errorCode;
    this.closeCode = details.closeCode;
    this.retryAfterMs = details.retryAfterMs;
  }
}

// Object.entries widens the keys to string; they are the table's own.
const ROWS = Object.entries(SIGNAL_ERRORS) as [SignalErrorCode, ErrorRow][];

/** The code of an ERROR frame's number; a number that this version does not know is the hub's fault. */
export function codeOfErrorFrame(errorCode: number): SignalErrorCode {
  return ROWS.find(([, row]) => row.errorCode === errorCode)?.[0] ?? "hub-fault";
}

/** The code of a close of the hub; what is not the table's own is a lost connection. */
export function codeOfClose(close: CloseName | undefined): SignalErrorCode {
  return (
    ROWS.find(([, row]) => row.close !== undefined && row.close === close)?.[0] ?? "connection-lost"
  );
}
