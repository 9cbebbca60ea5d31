/** ERROR: the hub refuses a frame, or says why a close follows (ER1). */
import type { ClientId } from "../client-id.ts";
import { fieldsOf, type AnswerEncoder } from "../encodings/payload.ts";
import { faultRow, type Fault } from "../errors.ts";

export const ERROR = 0xff;

export const ERROR_ROWS = {
  ERROR: {
    value: ERROR,
    from: "hub",
    signal: false,
    doc: "Refuses a frame, or says why a close follows",
  },
} as const;

/** What an ERROR may say beside code and text. */
export interface ErrorDetails {
  /** The target of the signal that is refused. */
  readonly target?: ClientId | null;
  readonly retryAfterMs?: number | null;
}

export interface ErrorAnswer extends ErrorDetails {
  readonly fault: Fault;
}

// The hub's half.

export const errorAnswer: AnswerEncoder<ErrorAnswer> = {
  messageType: ERROR,
  json({ fault, target = null, retryAfterMs = null }) {
    const { code, text } = faultRow(fault);
    return {
      error_code: code,
      error_message: text,
      ...(target !== null && { target_client_id: target }),
      ...(retryAfterMs !== null && { retry_after_ms: retryAfterMs }),
    };
  },
  text({ fault }) {
    const { code, text } = faultRow(fault);
    return `${code}:${text}`;
  },
};

// The client's half, in JSON.

/** An ERROR as it arrived. `code` is any number: a later version of the hub may have more codes than this one. */
export interface ErrorReport {
  readonly code: number;
  readonly text: string;
  readonly target: string | null;
  readonly retryAfterMs: number | null;
}

/** null where the payload is not what PROTOCOL.md says. Never throws. */
export function decodeError(payload: Uint8Array): ErrorReport | null {
  const {
    error_code: code,
    error_message: text,
    target_client_id: target,
    retry_after_ms: retryAfterMs,
  } = fieldsOf(payload);
  if (typeof code !== "number" || typeof text !== "string") return null;
  return {
    code,
    text,
    target: typeof target === "string" ? target : null,
    retryAfterMs: typeof retryAfterMs === "number" && retryAfterMs > 0 ? retryAfterMs : null,
  };
}
