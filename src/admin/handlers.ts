/** What each operation does: asks the ports, and says their answer in the words of the API. */
import { faultRow, type ErrorCode, type Fault } from "../protocol/errors.ts";
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import type { AnswerOf, InputOf, OperationId } from "./operations.ts";
import type { AdminPorts, ParkedEvent, SessionInformation, SessionSummary } from "./ports.ts";
import { problem } from "./problem.ts";

/** The answer's JSON, or the problem there is instead. */
export type Handler<Id extends OperationId> = (
  input: InputOf<Id>,
  ports: AdminPorts,
) => Promise<AnswerOf<Id> | Response>;

/** Seconds. A client that does not read, or a hub that restarts, is another one in a moment. */
const RETRY_AFTER = { "retry-after": "1" };

const MESSAGE_TYPE_OF = {
  offer: "SIGNAL_OFFER",
  answer: "SIGNAL_ANSWER",
  ice_candidate: "SIGNAL_ICE_CANDIDATE",
} as const;

export const HANDLERS: { readonly [Id in OperationId]: Handler<Id> } = {
  async listSessions({ query: { prefix, after, limit } }, { sessions }) {
    const { items, next } = await sessions.list({ prefix, after: after ?? null, limit });
    return { sessions: items.map(summary), next };
  },

  async readSession({ path }, { sessions }) {
    const session = await sessions.find(path.client_id);
    return session === null ? notConnected() : information(session);
  },

  async endSession({ path: { client_id: clientId } }, { sessions, observe }) {
    if (!(await sessions.kick(clientId))) return notConnected();
    observe({ event: "admin.acted", operation: "endSession", clientId });
    return null;
  },

  async issueToken({ body }, { issueToken, observe }) {
    const { client_id: clientId, expires_in, targets } = body;
    const expiresInSeconds = expires_in ?? null;
    const issued = await issueToken({ clientId, expiresInSeconds, targets: targets ?? null });
    if (issued === null) {
      return problem(409, "Nothing to sign tokens with: set SIGNAL_MANAGER_AUTH_TOKEN_SECRET");
    }
    const { token, expiresAtMs } = issued;
    if (token.length > MAX_TOKEN_CHARS) {
      const fault = `make a token of ${token.length} characters; the hub takes ${MAX_TOKEN_CHARS}`;
      const errors = [{ pointer: "#/targets", detail: fault }];
      return problem(400, "The targets do not fit a token: name fewer, or a prefix*", { errors });
    }
    observe({ event: "admin.acted", operation: "issueToken", clientId });
    return { token, client_id: clientId, expires_at: iso(expiresAtMs) };
  },

  async sendSignal({ body }, { sendSignal, observe }) {
    const { target_client_id: target, source_client_id: source, type, signal_data: data } = body;
    const messageType = MESSAGE_TYPE_OF[type];
    const sent = await sendSignal({ source: source ?? null, target, messageType, data });
    if (sent.outcome === "refused") return refusal(sent.fault);
    observe({ event: "admin.acted", operation: "sendSignal", clientId: target });
    return { status: "delivered", target_client_id: target, uuid: sent.uuid };
  },

  async listParkedEvents({ query }, { parkedEvents }) {
    const { items, next } = await parkedEvents.list(query);
    return { events: items.map(parked), next };
  },

  async retryParkedEvents({ body }, { parkedEvents, observe }) {
    const retried = await parkedEvents.retry(body.ids ?? null);
    observe({ event: "admin.acted", operation: "retryParkedEvents", clientId: null });
    return { retried };
  },
};

function notConnected(): Response {
  return problem(404, "The client is not connected");
}

function refusal(fault: Fault): Response {
  const { code, text } = faultRow(fault);
  const again: ReadonlySet<ErrorCode> = new Set([429, 503]);
  return problem(code, text, again.has(code) ? { headers: RETRY_AFTER } : {});
}

function summary({ clientId, sessionId, hub, connectedAtMs }: SessionSummary) {
  const connected_at = iso(connectedAtMs);
  return { client_id: clientId, session_id: sessionId, hub, connected_at };
}

function information(session: SessionInformation) {
  const { lastActivityMs, messageCount } = session;
  const last_activity = iso(lastActivityMs);
  return { ...summary(session), last_activity, message_count: messageCount };
}

function parked({ id, eventId, type, hub, atMs, parkedAtMs, reason, data }: ParkedEvent) {
  const when = { time: iso(atMs), parked_at: iso(parkedAtMs) };
  return { id, event_id: eventId, event_type: type, hub, ...when, reason, data };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
