/** The operations on sessions. */
import { ClientPath, SessionInformationJson, SessionsPage, SessionsQuery } from "../nouns.ts";
import { operation } from "../operation.ts";
import { problem, UNAVAILABLE } from "../problem.ts";
import { NOTHING } from "../schemas.ts";
import { NOT_CONNECTED, notConnected, RETRY_AFTER } from "./refusals.ts";

const UPDATING = "The client's hub is being updated: try again after retry-after";

export const listSessions = operation(
  {
    method: "GET",
    path: "/sessions",
    summary: "Lists the live sessions in the order of their client ids",
    parameters: { path: NOTHING, query: SessionsQuery },
    body: null,
    answer: { schema: SessionsPage, doc: "One page" },
    problems: { 503: UNAVAILABLE },
  },
  ({ query }, { sessions }) => sessions.list(query),
);

export const readSession = operation(
  {
    method: "GET",
    path: "/sessions/{client_id}",
    summary: "Reads the session of one client",
    parameters: { path: ClientPath, query: NOTHING },
    body: null,
    answer: { schema: SessionInformationJson, doc: "The session" },
    problems: {
      404: NOT_CONNECTED,
      503: "The client's hub is being updated or cannot answer now: try again after retry-after",
    },
  },
  async ({ path }, { sessions }) => {
    const session = await sessions.find(path.client_id);
    if (session === "hub-updating") return problem(503, UPDATING, { headers: RETRY_AFTER });
    return session ?? notConnected();
  },
);

export const endSession = operation(
  {
    method: "DELETE",
    path: "/sessions/{client_id}",
    summary: "Kicks a client: sends it an ERROR and closes its connection",
    parameters: { path: ClientPath, query: NOTHING },
    body: null,
    answer: null,
    problems: {
      404: NOT_CONNECTED,
      503: "The client's hub cannot answer now, and the session may have ended: try again after retry-after",
    },
  },
  async ({ path: { client_id: clientId } }, { sessions, observe }) => {
    if (!(await sessions.kick(clientId))) return notConnected();
    observe({ event: "admin.acted", operation: "endSession", clientId });
    return null;
  },
);
