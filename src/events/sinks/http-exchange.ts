/**
 * One HTTP request with its answer read to the end, or why there is none. Never throws, and never takes longer than its
 * time-out. The network and the timer are the caller's.
 */
import { failed, success, type Result } from "../../protocol/result.ts";
import { parseJson } from "../../protocol/json.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpPorts {
  readonly fetch: Fetch;
  /** A signal that aborts after so many milliseconds: the platform's, or a test's. */
  readonly abortAfter: (ms: number) => AbortSignal;
}

export interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Covers the request and the body of its answer. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** The body parsed; undefined: it is not JSON. */
  readonly json: unknown;
  /** The header `Retry-After` as it came. */
  readonly retryAfter: string | null;
}

/** Why there is no answer: a short sentence for logs and the admin API. */
export type NoAnswer = string;

/** How much of the platform's words about a broken connection is kept. */
const MAX_CAUSE_CHARS = 120;

/** POSTs. Does not follow redirects: a bearer token must not travel to wherever an answer points. */
export async function exchange(
  { fetch, abortAfter }: HttpPorts,
  url: string,
  { headers, body, timeoutMs }: HttpRequest,
): Promise<Result<HttpAnswer, NoAnswer>> {
  const signal = abortAfter(timeoutMs);
  // A plain call: as a method of another object the platform's own fetch is an "Illegal invocation".
  const send = fetch;
  try {
    const request = { method: "POST", headers, body, signal, redirect: "manual" } as const;
    const response = await unlessAborted(signal, send(url, request));
    // The body is always read: an unread one keeps its connection, and an object has only six.
    const text = await unlessAborted(signal, response.text());
    const retryAfter = response.headers.get("retry-after");
    return success({ status: response.status, json: parseJson(text), retryAfter });
  } catch (error) {
    return failed(signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error));
  }
}

/** Settles as `work` does, or rejects when the time is up, even if a body ignores the signal. */
async function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: stop.signal };
    signal.addEventListener("abort", () => reject(new Error("the time is up")), options);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
}

/** `network: fetch failed (ECONNRESET)`. Node has the code in the cause, workerd in the message. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "network: unknown";
  const { cause, message } = error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return `network: ${message.slice(0, MAX_CAUSE_CHARS)}${code}`;
}
