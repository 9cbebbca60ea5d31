/** The admin API's sessions: the Ledgers list them without waking a hub, and a client's hub reads or ends the one it holds. */
import type { SessionSummary, SessionsPage, SessionsQuery } from "../../admin/nouns.ts";
import { toTime } from "../../admin/schemas.ts";
import type { AdminSessions } from "../../admin/service.ts";
import type { Config } from "../../config/keys.ts";
import { hubNameOf } from "../../hub/placement.ts";
import type { SessionEntry } from "../../ledger/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import { hubStub } from "../hubs.ts";
import { allLedgers } from "../ledgers.ts";
import type { Env } from "../services.ts";
import { compareUtf8, firstOf } from "./merge.ts";

export function sessionsOf(env: Env, config: Config): AdminSessions {
  const hubOf = (clientId: ClientId) => hubNameOf(clientId, config.routing.hubs);
  return {
    list: (query) => listSessions(env, config, query),
    async find(clientId) {
      const hub = hubOf(clientId);
      try {
        const session = await hubStub(env, config, hub).getSession(clientId);
        if (session === null) return null;
        const { lastActivityMs, messageCount } = session;
        return {
          ...toSummary({ ...session, hub }),
          last_activity: toTime(lastActivityMs),
          message_count: messageCount,
        };
      } catch (error) {
        // For some minutes after a deployment, objects still run the previous version, which has no `getSession`.
        if (isNotImplemented(error)) return "hub-updating";
        throw error;
      }
    },
    kick: (clientId) => hubStub(env, config, hubOf(clientId)).kick(clientId),
  };
}

async function listSessions(
  env: Env,
  config: Config,
  { prefix, after, limit }: SessionsQuery,
): Promise<SessionsPage> {
  const pages = await Promise.all(
    // One more than asked for shows whether there is a next page.
    allLedgers(env, config).map((ledger) => ledger.sessions(prefix, after ?? null, limit + 1)),
  );
  const all = pages.flat().toSorted((a, b) => compareUtf8(a.clientId, b.clientId));
  const { items, last } = firstOf(all, limit);
  return { sessions: items.map(toSummary), next: last?.clientId ?? null };
}

function toSummary({ clientId, sessionId, hub, connectedAtMs }: SessionEntry): SessionSummary {
  const connected_at = toTime(connectedAtMs);
  return { client_id: clientId, session_id: sessionId, hub, connected_at };
}

/** The platform tells this error from others by its message alone: `The RPC receiver does not implement the method "…".` */
function isNotImplemented(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("The RPC receiver does not implement");
}
