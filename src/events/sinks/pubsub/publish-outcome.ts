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

interface AnswerRow {
  /** What Pub/Sub, or the token endpoint, answers. */
  readonly answers: string;
  readonly meaning: string;
  readonly action: string;
  /** The value of the label `outcome` of `signal_manager_publish_requests_total`. */
  readonly counted: string;
}

/** THE table of what Pub/Sub can answer: `meaningOf` chooses the row, and docs/events.md prints it. */
export const PUBSUB_ANSWERS = {
  published: {
    answers: "200 with an id for every message",
    meaning: "Pub/Sub has the events.",
    action: "They leave the queue.",
    counted: "`published`",
  },
  passing: {
    answers:
      "408, 409 `ABORTED`, 429, 499, 5xx except 501 `UNIMPLEMENTED`, 200 without all ids, no answer within `events.pubsub_timeout`, a broken connection; from the token endpoint 408, 429, 5xx, 200 without a token, or no answer",
    meaning: "Trouble that passes.",
    action:
      "The same events are published again after up to 1 s, doubling to 60 s, and never before `Retry-After`.",
    counted: "`retried`",
  },
  unauthorized: {
    answers: "401",
    meaning: "The token is not accepted: its key was replaced, or a clock is wrong.",
    action:
      "The events are published once more at once with a new token. A second 401 is the next row.",
    counted: "by the second answer",
  },
  blocked: {
    answers:
      "401 to a new token, 403, 404, 400 `FAILED_PRECONDITION` for a single event, and every other answer; from the token endpoint every other answer, such as 400 `invalid_grant`; a key that cannot sign",
    meaning:
      "No event would be accepted: a permission, the topic, the key, billing, the region or a setting is to blame. Google takes minutes to spread a new permission or key.",
    action:
      "All events wait in their order and are published again every minute. Nothing is parked.",
    counted: "`blocked`",
  },
  event: {
    answers: "400, 413",
    meaning: "One event of the batch is wrong in itself.",
    action:
      "The service publishes half of the batch until it finds the one bad event, and parks that. The others go on.",
    counted: "`split`, then `parked`",
  },
} as const satisfies Readonly<Record<string, AnswerRow>>;

export type Meaning = keyof typeof PUBSUB_ANSWERS;

/** How much of Google's sentence is kept. */
const MAX_MESSAGE_CHARS = 200;

/** By status, below 500. A status that is missing here means `blocked`: nothing says that an event is to blame. */
const MEANINGS: Readonly<Record<number, Exclude<Meaning, "published">>> = {
  400: "event",
  401: "unauthorized",
  408: "passing",
  // ABORTED. The only other 409 is ALREADY_EXISTS, which does not fit a publish request.
  409: "passing",
  413: "event",
  429: "passing",
  // CANCELLED: Google's own status.
  499: "passing",
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
  switch (meaningOf(status, error, messages)) {
    case "passing":
      return { kind: "retry", reason, retryAfterMs: parseRetryAfter(answer.retryAfter, nowMs) };
    case "unauthorized":
      return { kind: "unauthorized", reason };
    case "event":
      return { kind: "rejected", reason };
    case "blocked":
      return { kind: "blocked", reason };
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

function meaningOf(
  status: number,
  error: GoogleError | null,
  messages: number,
): Exclude<Meaning, "published"> {
  if (status === 409 && error?.status === "ALREADY_EXISTS") return "blocked";
  // Billing, a region or an encryption key. In a batch it may also be a mix of ordering keys, which halving would mend.
  if (status === 400 && error?.status === "FAILED_PRECONDITION" && messages === 1) return "blocked";
  if (status < 500) return MEANINGS[status] ?? "blocked";
  // 501 with Google's error body is UNIMPLEMENTED. Everything else from 500 on is trouble that passes.
  return status === 501 && error !== null ? "blocked" : "passing";
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
