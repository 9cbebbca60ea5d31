/** The refusals of the admin API: problem details (RFC 9457), with every fault of the request at its place. */

/** Where in the request, and what is wrong there. */
export type RequestFault =
  /** A JSON Pointer into the body, as a URI fragment (RFC 6901, 6). */
  | { readonly pointer: string; readonly detail: string }
  /** Of the path or the query. */
  | { readonly parameter: string; readonly detail: string };

export interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly RequestFault[];
}

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

export function problem(
  status: ProblemStatus,
  detail: string,
  { headers = {}, errors }: ProblemExtras = {},
): Response {
  // `errors` is left out where there are none: JSON has no undefined.
  const body = JSON.stringify({ status, title: TITLES[status], detail, errors });
  return new Response(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
