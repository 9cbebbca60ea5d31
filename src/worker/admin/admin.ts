/** `/admin/*`: the admin API on the hubs and Ledgers of this service. */
import type { Context } from "hono";
import { createAdminApp } from "../../admin/app.ts";
import type { IssuedToken, IssueTokenRequest } from "../../admin/nouns.ts";
import { toTime } from "../../admin/schemas.ts";
import type { AdminService } from "../../admin/service.ts";
import { issueJwt } from "../../auth/jwt.ts";
import { BUILD } from "../build-info.ts";
import { createObjectCalls } from "../object-calls.ts";
import { logAdminEvent } from "../observe.ts";
import type { AppTypes, Env, Services } from "../services.ts";
import { createBackend } from "./backend.ts";
import { parkedEventsOf } from "./parked-events.ts";
import { sessionsOf } from "./sessions.ts";

const app = createAdminApp(BUILD.version);

export function admin(c: Context<AppTypes>): Response | Promise<Response> {
  const { services } = c.var;
  const url = new URL(c.req.url);
  url.pathname = url.pathname.slice("/admin".length);
  return app.fetch(new Request(url, c.req.raw), {
    token: services.config.admin.token,
    service: adminServiceOf(c.env, services, c.executionCtx),
    notFound: () => c.notFound(),
  });
}

function adminServiceOf(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): AdminService {
  const { config, log } = services;
  const callObject = createObjectCalls(env, services, ctx);
  return {
    sessions: sessionsOf(env, config, callObject),
    parkedEvents: parkedEventsOf(env, config, callObject),
    issueToken: (request) => issueToken(services, request),
    sendSignal: createBackend(env, services, ctx),
    observe: (event) => logAdminEvent(log, event),
  };
}

async function issueToken(
  { config }: Services,
  { client_id: clientId, expires_in, targets }: IssueTokenRequest,
): Promise<IssuedToken | null> {
  const { token_secret: secret, token_expiry } = config.auth;
  if (secret === "") return null;
  const nowMs = Date.now();
  const seconds = expires_in ?? token_expiry;
  const token = await issueJwt(secret, { clientId, ...(targets && { targets }) }, seconds, nowMs);
  // In whole seconds, like the claim `exp`.
  const expiresAtMs = (Math.floor(nowMs / 1000) + seconds) * 1000;
  return { token, client_id: clientId, expires_at: toTime(expiresAtMs) };
}
