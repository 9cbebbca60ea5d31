/** Everything that can go wrong for a user of the client, one row per code. A test compares the README's table with it. */
import type { CloseName } from "../protocol/close-codes.ts";
import type { ErrorCode } from "../protocol/errors.ts";

interface ErrorRow {
  /** The message for a person. */
  readonly text: string;
  /** The hub's own sentence where it says the same in other words. The message then leaves it out. */
  readonly hubText?: string;
  /**
   * For a signal: whether sending it again makes sense. For the connection: whether the client tries again by itself. If it
   * does not, it has stopped, and `connect()` starts over.
   */
  readonly retryable: boolean;
  /** The error_code of the ERROR frame that reports it (ER1). */
  readonly errorCode?: ErrorCode;
  /** The hub's close that reports it (CL1). */
  readonly close?: CloseName;
}

// One row per line.
// oxfmt-ignore
export const SIGNAL_ERRORS = {
  // The outcome of a signal.
  "target-absent": { retryable: true, errorCode: 404, text: "The target is not connected", hubText: "Target client not found" },
  "target-forbidden": { retryable: false, errorCode: 403, text: "Your token does not allow this target" },
  "too-large": { retryable: false, errorCode: 413, text: "The signal exceeds a frame's 65,535 bytes" },
  "bad-signal": { retryable: false, errorCode: 400, text: "The signal is not valid" },
  "rate-limited": { retryable: true, errorCode: 429, text: "Too many frames: slow down" },
  "hub-fault": { retryable: true, errorCode: 500, text: "The hub failed; the frame had no effect", hubText: "Internal server error" },
  "hub-unavailable": { retryable: true, errorCode: 503, close: "full", text: "The hub has no room, or cannot reach the target" },
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
  kicked: { retryable: false, close: "kicked", text: "An administrator ended this session" },
  "hub-too-old": { retryable: false, text: "The hub is too old: it does not acknowledge signals" },
  "closed-by-hub": { retryable: false, close: "normal", text: "The hub ended the session" },
  "framing-lost": { retryable: false, close: "framing-lost", text: "The hub could not read this client's frames" },
  "message-too-large": { retryable: false, close: "too-large", text: "The hub allows no message of this size", hubText: "The message exceeds the size limit" },
  // What the client receives, and the code that reads it.
  "bad-frame": { retryable: true, text: "The hub broke the protocol" },
  "listener-failed": { retryable: true, text: "A listener threw" },
  "buffer-full": { retryable: false, text: "signals() is read too slowly" },
  "bad-option": { retryable: false, text: "An option is not valid" },
  // peer()
  "negotiation-failed": { retryable: true, text: "The RTCPeerConnection refused a step of the negotiation" },
  "call-not-connected": { retryable: true, text: "The call has not connected in time" },
} as const satisfies Record<string, ErrorRow>;

/** Stable: no code is ever renamed. */
export type SignalErrorCode = keyof typeof SIGNAL_ERRORS;

/** What is known besides the code. */
export interface SignalErrorDetails {
  /** Text that follows the table's, unless it says the same. */
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
  /** For a signal: whether sending it again makes sense. For the connection: whether the client tries again by itself. */
  readonly retryable: boolean;
  /** For a signal: `not-delivered` is certain; `unknown` means that the target may have received it. */
  readonly outcome: "not-delivered" | "unknown";
  /** The client id that the signal was for. */
  readonly target: string | undefined;
  /** The error_code of the ERROR frame that caused it (ER1). */
  readonly errorCode: number | undefined;
  /** The WebSocket's close code, if a close caused it (CL1). */
  readonly closeCode: number | undefined;
  /** How many milliseconds to wait before trying again (ER1). */
  readonly retryAfterMs: number | undefined;

  constructor(code: SignalErrorCode, details: SignalErrorDetails = {}) {
    const { text, retryable, hubText }: ErrorRow = SIGNAL_ERRORS[code];
    const { detail, cause } = details;
    const saysMore = detail !== undefined && detail !== text && detail !== hubText;
    super(saysMore ? `${text}: ${detail}` : text, cause === undefined ? {} : { cause });
    this.code = code;
    this.retryable = retryable;
    this.outcome = details.outcome ?? "not-delivered";
    this.target = details.target;
    this.errorCode = details.errorCode;
    this.closeCode = details.closeCode;
    this.retryAfterMs = details.retryAfterMs;
  }
}

// Object.entries widens the keys to string, but they are the table's own.
const ROWS = Object.entries(SIGNAL_ERRORS) as [SignalErrorCode, ErrorRow][];

/** The code for an error_code (ER1). One that this version does not know counts as the hub's fault. */
export function codeOfErrorFrame(errorCode: number): SignalErrorCode {
  return ROWS.find(([, row]) => row.errorCode === errorCode)?.[0] ?? "hub-fault";
}

/** The code for a close. One that is not in the hub's table counts as a lost connection. */
export function codeOfClose(close: CloseName | undefined): SignalErrorCode {
  return (
    ROWS.find(([, row]) => row.close !== undefined && row.close === close)?.[0] ?? "connection-lost"
  );
}
