/** The admin API's ports on the service: the Ledgers for what is listed, a hub for what one session is asked or told. */
import type { AdminPorts, AdminSessions, IssueTokenRequest } from "../../admin/ports.ts";
import { issueJwt } from "../../auth/jwt.ts";
import { logAdminEvent } from "../../log/log-admin-event.ts";
import type { Env } from "../env.ts";
import { hubNameOf } from "../../hub/placement.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import { hubStub } from "../hubs.ts";
import type { Services } from "../services.ts";
import { createBackend } from "./backend.ts";
import { listSessions, parkedEventsOf } from "./ledger-pages.ts";

export function adminPortsOf(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): AdminPorts {
  const { config, log } = services;
  return {
    sessions: sessionsOf(env, services),
    parkedEvents: parkedEventsOf(env, config),
    issueToken: (order) => issueToken(services, order),
    sendSignal: createBackend(env, services, ctx),
    observe: (event) => logAdminEvent(log, event),
  };
}

function sessionsOf(env: Env, { config }: Services): AdminSessions {
  const hubOf = (clientId: ClientId) => hubNameOf(clientId, config.routing.hubs);
  return {
    list: (query) => listSessions(env, config, query),
    async find(clientId) {
      const hub = hubOf(clientId);
      const session = await hubStub(env, config, hub).inform(clientId);
      return session && { ...session, hub };
    },
    kick: (clientId) => hubStub(env, config, hubOf(clientId)).kick(clientId),
  };
}

async function issueToken(
  { config }: Services,
  { clientId, expiresInSeconds, targets }: IssueTokenRequest,
) {
  const { token_secret: secret, token_expiry } = config.auth;
  if (secret === "") return null;
  const nowMs = Date.now();
  const seconds = expiresInSeconds ?? token_expiry;
  const claims = { clientId, ...(targets && { targets }) };
  const token = await issueJwt(secret, claims, seconds, nowMs);
  // As the token says it: in whole seconds.
  return { token, expiresAtMs: (Math.floor(nowMs / 1000) + seconds) * 1000 };
}
