/** HTTP refusals: problem details (RFC 9457) with a sentence that a person can act on. */

export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = JSON.stringify({ status, title, detail });
  return new Response(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** Whatever path there is nothing at. */
export function notFound(): Response {
  return problem(404, "Not Found", "Nothing is here: WebSocket at /, status at /health");
}
