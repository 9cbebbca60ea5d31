/**
 * One HTTP request with its answer read to the end, or why there is none. Never throws, never takes longer than its
 * time-out, and leaves no timer. The network and the timer are the caller's.
 */
import { failed, success, type Result } from "../../protocol/result.ts";
import { parseJson } from "../../protocol/json.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Cancels a timer. Does nothing if the timer has fired. */
export type Cancel = () => void;

export interface HttpPorts {
  readonly fetch: Fetch;
  /**
   * Calls `run` after so many milliseconds, unless it is cancelled. Not a signal with a time-out, which nothing can cancel: an
   * object with a pending timer does not sleep, and Cloudflare bills it.
   */
  readonly after: (ms: number, run: () => void) => Cancel;
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
  { fetch, after }: HttpPorts,
  url: string,
  { headers, body, timeoutMs }: HttpRequest,
): Promise<Result<HttpAnswer, NoAnswer>> {
  const timeout = new AbortController();
  const { signal } = timeout;
  const timeUp = rejectedOnAbort(signal);
  const cancel = after(timeoutMs, () => timeout.abort());
  // A plain call: as a method of another object the platform's own fetch is an "Illegal invocation".
  const send = fetch;
  try {
    const request = { method: "POST", headers, body, signal, redirect: "manual" } as const;
    // A fetch or a body may ignore the signal.
    const response = await Promise.race([send(url, request), timeUp]);
    // The body is always read: an unread one keeps its connection, and an object has only six.
    const text = await Promise.race([response.text(), timeUp]);
    const retryAfter = response.headers.get("retry-after");
    return success({ status: response.status, json: parseJson(text), retryAfter });
  } catch (error) {
    return failed(signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error));
  } finally {
    cancel();
  }
}

function rejectedOnAbort(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the time is up")), { once: true });
  });
  // Nobody waits for it once the exchange has failed in another way.
  rejected.catch(() => {});
  return rejected;
}

/** `network: fetch failed (ECONNRESET)`. Node has the code in the cause, workerd in the message. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "network: unknown";
  const { cause, message } = error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return `network: ${message.slice(0, MAX_CAUSE_CHARS)}${code}`;
}
