/** One HTTP request with its answer read to the end, or why there is none. Never throws, never hangs. */
import { failed, success, type Result } from "../../protocol/result.ts";
import { parseJson } from "../json-object.ts";

/** The platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface HttpAnswer {
  readonly status: number;
  /** The body parsed; undefined: it is not JSON. */
  readonly json: unknown;
  /** The header `Retry-After` as it came. */
  readonly retryAfter: string | null;
}

/** Why there is no answer: a short sentence for logs and the admin API. */
export type NoAnswer = string;

/** How much of a platform's words about a broken connection is kept. */
const MAX_CAUSE_CHARS = 120;

/**
 * The time-out covers the request and its body. Redirects are not followed: neither endpoint has any, and a bearer token
 * must not travel to where an answer points.
 */
export async function exchange(
  fetch: Fetch,
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  timeoutMs: number,
): Promise<Result<HttpAnswer, NoAnswer>> {
  const signal = AbortSignal.timeout(timeoutMs);
  // A plain call: as a method of another object the platform's own fetch is an "Illegal invocation".
  const send = fetch;
  try {
    const request = { method: "POST", headers, body, signal, redirect: "manual" } as const;
    const response = await unlessAborted(signal, send(url, request));
    // Always read: an unread body keeps its connection, of which an object has six.
    const text = await unlessAborted(signal, response.text());
    const retryAfter = response.headers.get("retry-after");
    return success({ status: response.status, json: parseJson(text), retryAfter });
  } catch (error) {
    return failed(signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error));
  }
}

/** What `work` comes to, or a rejection when the time is up, even where a body does not heed the signal. */
async function unlessAborted<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: stop.signal };
    signal.addEventListener("abort", () => reject(new Error("time is up")), options);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
}

/** `network: fetch failed (ECONNRESET)`: Node says the fact in the cause, workerd in the message. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "network: unknown";
  const { cause, message } = error;
  const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return `network: ${message.slice(0, MAX_CAUSE_CHARS)}${code}`;
}
