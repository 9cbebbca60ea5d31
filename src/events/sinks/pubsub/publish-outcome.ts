/**
 * What the answer to a publish request means. After Google's table of error codes
 * (cloud.google.com/pubsub/docs/reference/error-codes) and what Google's own client tries again.
 */
import type { HttpAnswer } from "../http-exchange.ts";
import { isObject } from "../../json-object.ts";

export type PublishOutcome =
  /** Pub/Sub has every message of the request. */
  | { readonly kind: "published" }
  /** The same messages may be published at another time. Some of them may have been, already. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs: number | null }
  /**
   * Trying again changes nothing. `message`: one message of the request may be to blame, and the others good;
   * `settings`: any request would be refused.
   */
  | {
      readonly kind: "rejected";
      readonly reason: string;
      readonly concerns: "message" | "settings";
    };

/** As the outcome, and what only the publisher sees: the token was refused, and a new one may be accepted. */
export type PublishVerdict =
  | PublishOutcome
  | { readonly kind: "unauthorized"; readonly reason: string };

/** A topic that is not there is a mistake that a person mends: asked for once a minute, and nothing is dropped. */
const SLOW_RETRY_MS = 60_000;

/** What is kept of Google's sentence. */
const MAX_MESSAGE_CHARS = 200;

type Meaning = "retry" | "slow retry" | "unauthorized" | "message" | "settings";

/** By status, below 500. What is not here is `settings`. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: "message",
  401: "unauthorized",
  404: "slow retry",
  408: "retry",
  // ABORTED. The one other 409 is ALREADY_EXISTS, which publishing has no use for.
  409: "retry",
  413: "message",
  429: "retry",
  // CANCELLED: Google's own status.
  499: "retry",
};

/** `messages`: how many were sent. */
export function classifyAnswer(
  answer: HttpAnswer,
  messages: number,
  nowMs: number,
): PublishVerdict {
  const { status, json } = answer;
  if (status >= 200 && status < 300) return classifySuccess(status, json, messages);
  const error = errorOf(json);
  const reason = reasonOf(status, error);
  const meaning = meaningOf(status, error);
  switch (meaning) {
    case "retry":
      return { kind: "retry", reason, retryAfterMs: parseRetryAfter(answer.retryAfter, nowMs) };
    case "slow retry":
      return { kind: "retry", reason, retryAfterMs: SLOW_RETRY_MS };
    case "unauthorized":
      return { kind: "unauthorized", reason };
    case "message":
    case "settings":
      return { kind: "rejected", reason, concerns: meaning };
  }
}

/** Fewer ids than messages, or none to be read: whether all were taken is unknown, and twice is better than never. */
function classifySuccess(status: number, json: unknown, messages: number): PublishOutcome {
  const ids = isObject(json) ? json["messageIds"] : undefined;
  if (Array.isArray(ids) && ids.length === messages) return { kind: "published" };
  const found = Array.isArray(ids) ? `${ids.length} message ids` : "no message ids";
  const reason = `${status} with ${found} for ${messages} messages`;
  return { kind: "retry", reason, retryAfterMs: null };
}

/** What Google says of an error; null: the body is another's, of a proxy say. */
interface GoogleError {
  readonly status: string;
  readonly message: string;
}

function meaningOf(status: number, error: GoogleError | null): Meaning {
  if (status === 409 && error?.status === "ALREADY_EXISTS") return "settings";
  if (status < 500) return MEANINGS[status] ?? "settings";
  // 501 in Google's words is UNIMPLEMENTED. Everything else from 500 on is trouble that passes, known to Google or not.
  return status === 501 && error !== null ? "settings" : "retry";
}

/** `400 INVALID_ARGUMENT: No messages to publish`, or `502 without Google's error body`. */
function reasonOf(status: number, error: GoogleError | null): string {
  if (error === null) return `${status} without Google's error body`;
  const name = error.status === "" ? String(status) : `${status} ${error.status}`;
  return error.message === "" ? name : `${name}: ${error.message}`;
}

function errorOf(json: unknown): GoogleError | null {
  const error = isObject(json) ? json["error"] : undefined;
  if (!isObject(error)) return null;
  const { status, message } = error;
  return {
    status: typeof status === "string" && /^[A-Z_]{1,40}$/.test(status) ? status : "",
    message: typeof message === "string" ? tidy(message) : "",
  };
}

/** One line, of limited length, in which no token is left. */
export function tidy(message: string): string {
  const line = message
    .replaceAll(/\bya29\.[\w.~+/-]+|\bey[\w-]+\.[\w-]+(\.[\w-]*)?/g, "…")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  // By code points: no half character at the end.
  return [...line].slice(0, MAX_MESSAGE_CHARS).join("");
}

/** Milliseconds, of seconds or an HTTP date (RFC 9110 section 10.2.3); null: none, or none that can be read. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse reads far more than HTTP dates, a lone number among it.
  const atMs = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
