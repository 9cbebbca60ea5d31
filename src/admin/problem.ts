/** Problem details (RFC 9457): how the service refuses an HTTP request, in the admin API and everywhere else. */
import * as z from "zod";

/** The place of a fault in the request, and what is wrong there. */
const RequestFault = z.union([
  // A JSON Pointer into the body, as a URI fragment (RFC 6901, 6).
  z.object({ pointer: z.string(), detail: z.string() }),
  // The name of a parameter of the path or of the query.
  z.object({ parameter: z.string(), detail: z.string() }),
]);
export type RequestFault = z.infer<typeof RequestFault>;

export const Problem = z
  .object({
    status: z.int().min(400).max(599),
    title: z.string(),
    detail: z.string().meta({ description: "A sentence that says what to do" }),
    errors: z.array(RequestFault).optional().meta({
      description: "All faults of the request, each with its place in the body or the URL",
    }),
  })
  .meta({ description: "Problem details (RFC 9457)" });

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

export type ProblemStatus = keyof typeof TITLES;

export interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly RequestFault[];
}

/** Thrown where a part of the service cannot answer now for a reason that is not ours. The caller may come again. */
export class Unavailable extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, options?: ErrorOptions) {
    super("unavailable", options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const UNAVAILABLE = "A part of the service cannot answer now: try again after retry-after";

export function unavailable({ retryAfterSeconds }: Unavailable): Response {
  return problem(503, UNAVAILABLE, { headers: { "retry-after": String(retryAfterSeconds) } });
}

/** `detail`: a sentence of our own that says what to do. It MUST NOT quote what the client sent. */
export function problem(
  status: ProblemStatus,
  detail: string,
  { headers = {}, errors }: ProblemExtras = {},
): Response {
  // JSON leaves out `errors` where there are none.
  const body = JSON.stringify({ status, title: TITLES[status], detail, errors });
  return new Response(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
