/** The admin API's sessions: the Ledgers list them without waking a hub, and a client's hub reads or ends the one it holds. */
import type { SessionSummary, SessionsPage, SessionsQuery } from "../../admin/nouns.ts";
import { toTime } from "../../admin/schemas.ts";
import { Unavailable } from "../../admin/problem.ts";
import type { AdminSessions } from "../../admin/service.ts";
import type { Config } from "../../config/keys.ts";
import { hubNameOf } from "../../hub/placement.ts";
import type { SessionEntry } from "../../ledger/ports.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import { hubStub } from "../hubs.ts";
import { allLedgers, type CalledLedger } from "../all-ledgers.ts";
import { callAll, type CallObject } from "../object-calls.ts";
import { failureOf } from "../object-errors.ts";
import type { Env } from "../services.ts";
import { compareUtf8, firstOf } from "./merge.ts";

export function sessionsOf(env: Env, config: Config, callObject: CallObject): AdminSessions {
  const hubOf = (clientId: ClientId) => hubNameOf(clientId, config.routing.hubs);
  return {
    list: (query) => listSessions(allLedgers(env, config, callObject), query),
    async find(clientId) {
      const hub = hubOf(clientId);
      const attempt = () => hubStub(env, config, hub).getSession(clientId);
      try {
        const session = await callObject({ object: hub, isRepeatable: true, attempt });
        if (session === null) return null;
        const { lastActivityMs, messageCount } = session;
        return {
          ...toSummary({ ...session, hub }),
          last_activity: toTime(lastActivityMs),
          message_count: messageCount,
        };
      } catch (error) {
        // For some minutes after a deployment, objects still run the previous version, which has no `getSession`.
        if (error instanceof Unavailable && failureOf(error.cause) === "updating") {
          return "hub-updating";
        }
        throw error;
      }
    },
    kick(clientId) {
      const hub = hubOf(clientId);
      // Not repeated: the second attempt would find no session, or the one with which the client has come back.
      const attempt = () => hubStub(env, config, hub).kick(clientId);
      return callObject({ object: hub, isRepeatable: false, attempt });
    },
  };
}

async function listSessions(
  ledgers: readonly CalledLedger[],
  { prefix, after, limit }: SessionsQuery,
): Promise<SessionsPage> {
  const pages = await callAll(
    // One more than asked for shows whether there is a next page.
    ledgers.map((ledger) => ledger.read((stub) => stub.sessions(prefix, after ?? null, limit + 1))),
  );
  const all = pages.flat().toSorted((a, b) => compareUtf8(a.clientId, b.clientId));
  const { items, last } = firstOf(all, limit);
  return { sessions: items.map(toSummary), next: last?.clientId ?? null };
}

function toSummary({ clientId, sessionId, hub, connectedAtMs }: SessionEntry): SessionSummary {
  const connected_at = toTime(connectedAtMs);
  return { client_id: clientId, session_id: sessionId, hub, connected_at };
}
