/**
 * What Pub/Sub's answer to a publish request means, after Google's table of error codes
 * (cloud.google.com/pubsub/docs/reference/error-codes) and after what Google's own client tries again.
 */
import type { HttpAnswer } from "../http-exchange.ts";
import { isObject } from "../../../protocol/json.ts";
import type { PublishOutcome } from "../sink.ts";

/** The outcome, or what only the publisher handles: the token was refused, and a new one may be accepted. */
export type PublishVerdict =
  | PublishOutcome
  | { readonly kind: "unauthorized"; readonly reason: string };

/** A missing topic is a mistake that a person mends: it is tried again once a minute, and nothing is dropped. */
const SLOW_RETRY_MS = 60_000;

/** How much of Google's sentence is kept. */
const MAX_MESSAGE_CHARS = 200;

type Meaning = "retry" | "slow retry" | "unauthorized" | "event" | "settings";

/** By status, below 500. A status that is missing here means `settings`. */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: "event",
  401: "unauthorized",
  404: "slow retry",
  408: "retry",
  // ABORTED. The only other 409 is ALREADY_EXISTS, which does not fit a publish request.
  409: "retry",
  413: "event",
  429: "retry",
  // CANCELLED: Google's own status.
  499: "retry",
};

/** `messages`: how many the request held. */
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
    case "event":
    case "settings":
      return { kind: "rejected", reason, concerns: meaning };
  }
}

/** With fewer ids than messages, or none, Pub/Sub may lack some: publishing twice is better than losing one. */
function classifySuccess(status: number, json: unknown, messages: number): PublishOutcome {
  const ids = isObject(json) ? json["messageIds"] : undefined;
  if (Array.isArray(ids) && ids.length === messages) return { kind: "published" };
  const found = Array.isArray(ids) ? `${ids.length} message ids` : "no message ids";
  const reason = `${status} with ${found} for ${messages} messages`;
  return { kind: "retry", reason, retryAfterMs: null };
}

/** Google's words about an error; null: the body is somebody else's, for example a proxy's. */
interface GoogleError {
  readonly status: string;
  readonly message: string;
}

function meaningOf(status: number, error: GoogleError | null): Meaning {
  if (status === 409 && error?.status === "ALREADY_EXISTS") return "settings";
  if (status < 500) return MEANINGS[status] ?? "settings";
  // 501 with Google's error body is UNIMPLEMENTED. Everything else from 500 on is trouble that passes.
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

/** The message as one line of limited length, without any token. */
export function tidy(message: string): string {
  const line = message
    .replaceAll(/\bya29\.[\w.~+/-]+|\bey[\w-]+\.[\w-]+(\.[\w-]*)?/g, "…")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  // Cut by code points, so that no half character is left at the end.
  return [...line].slice(0, MAX_MESSAGE_CHARS).join("");
}

/** Milliseconds, from seconds or an HTTP date (RFC 9110 section 10.2.3); null: no header, or an unreadable one. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse also reads what is no HTTP date, for example a lone number.
  const atMs = /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
