/**
 * What a page of another origin may learn over HTTP. A browser hides from a page why its upgrade was refused, but shows it an
 * answer to `fetch` that has the headers of CORS. The paths that clients ask have them: `/`, and whatever is not there (UP9).
 */
import type { Context, MiddlewareHandler } from "hono";
import { problem } from "../admin/problem.ts";
import { allowsOrigin } from "../auth/origins.ts";
import { ORIGIN_REFUSED } from "./admission.ts";
import type { AppTypes } from "./services.ts";

const PREFLIGHT_HEADERS = {
  "access-control-allow-methods": "GET, HEAD",
  "access-control-allow-headers": "authorization",
  // Ten minutes, in which a changed list of origins may be unknown to a browser. A client that retries asks more often.
  "access-control-max-age": "600",
};

/** Lets the page of an allowed origin read the answer. For a handler that refuses upgrades. */
export const letPageRead: MiddlewareHandler<AppTypes> = async (c, next) => {
  await next();
  if (c.res.status === 101) return;
  for (const [name, value] of Object.entries(corsHeaders(c))) c.header(name, value);
};

/**
 * The answer to a preflight, in which a browser asks whether a page may send `Authorization`; null: the request is none. A
 * preflight has no credentials and is not judged by any.
 */
export function answerPreflight(c: Context<AppTypes>): Response | null {
  const { method, headers } = c.req.raw;
  if (method !== "OPTIONS" || !headers.has("access-control-request-method")) return null;
  const cors = corsHeaders(c);
  if (Object.keys(cors).length === 0) return problem(403, ORIGIN_REFUSED);
  return new Response(null, { status: 204, headers: { ...cors, ...PREFLIGHT_HEADERS } });
}

/** Empty: the request is of no page, or of one whose origin is not allowed. */
export function corsHeaders(c: Context<AppTypes>): Record<string, string> {
  const origin = c.req.raw.headers.get("origin");
  const { allowed_origins } = c.var.services.config.server;
  const own = new URL(c.req.raw.url).origin;
  return origin !== null && allowsOrigin(allowed_origins, origin, own)
    ? {
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "retry-after",
        vary: "origin",
      }
    : {};
}
