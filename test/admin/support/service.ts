/** The admin API on plain objects, mounted as the Worker mounts it. Every answer is checked against the OpenAPI document. */
import { Hono } from "hono";
import { expect } from "vitest";
import { createAdminApp } from "../../../src/admin/app.ts";
import type {
  SendSignalRequest,
  IssueTokenRequest,
  ParkedEventJson,
  SessionInformationJson,
} from "../../../src/admin/nouns.ts";
import { openApiDocument } from "../../../src/admin/openapi.ts";
import type { AdminEvent, AdminService } from "../../../src/admin/service.ts";
import { clientId } from "../../support/client-ids.ts";
import { conformanceTo, type Answer, type Document } from "../../support/conformance.ts";

export const TOKEN = "admin-token-of-thirty-two-bytes!";
export const UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

const AT = "2026-11-23T06:00:00.000Z";

// The document is plain JSON, and a test checks its form with a validator that is not ours.
export const DOCUMENT = openApiDocument("1.2.3") as unknown as Document;
const faultsOf = conformanceTo(DOCUMENT);

export interface ServiceAnswer extends Answer {
  readonly headers: Headers;
}

export interface ServiceOptions {
  readonly clients?: readonly string[];
  readonly token?: string;
  readonly ports?: Partial<AdminService>;
}

function notFound(): Response {
  return new Response("nothing of that name", { status: 404 });
}

export function createService({
  clients = [],
  token: configured = TOKEN,
  ports = {},
}: ServiceOptions = {}) {
  const observed: AdminEvent[] = [];
  const signals: SendSignalRequest[] = [];
  const tokenRequests: IssueTokenRequest[] = [];
  const retries: (readonly number[] | null)[] = [];
  const sessions = new Map(clients.map((id) => [clientId(id), sessionOf(id)]));
  const parked = [1, 2, 5].map(parkedEvent);

  const plain: AdminService = {
    sessions: {
      list: async ({ prefix, after = "", limit }) => {
        const found = [...sessions.values()]
          .filter(({ client_id: id }) => id.startsWith(prefix) && id > after)
          .sort((a, b) => (a.client_id < b.client_id ? -1 : 1));
        const { items, next } = pageOf(found, limit, ({ client_id: id }) => id);
        return { sessions: items.map(summaryOf), next };
      },
      find: async (id) => sessions.get(id) ?? null,
      kick: async (id) => sessions.delete(id),
    },
    parkedEvents: {
      list: async ({ after, limit }) => {
        const found = parked.filter(({ id }) => id > after);
        const { items, next } = pageOf(found, limit, ({ id }) => id);
        return { events: items, next };
      },
      retry: async (ids) => {
        retries.push(ids);
        return parked.filter(({ id }) => ids === null || ids.includes(id)).length;
      },
    },
    issueToken: async (request) => {
      tokenRequests.push(request);
      return { token: "a.b.c", client_id: request.client_id, expires_at: AT };
    },
    sendSignal: async (signal) => {
      signals.push(signal);
      return sessions.has(signal.target_client_id)
        ? { outcome: "delivered", uuid: UUID }
        : { outcome: "refused", fault: "signal.absent" };
    },
    observe: (event) => observed.push(event),
  };

  const admin = createAdminApp("1.2.3");
  const bindings = { token: configured, service: { ...plain, ...ports }, notFound };
  const service = new Hono().mount("/admin", (request) => admin.fetch(request, bindings));

  /** Sends the token unless `headers` say otherwise, and a body that is neither text nor bytes as JSON. */
  async function ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ServiceAnswer> {
    const init = {
      method,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bodyOf(body) }),
    };
    const response = await service.request(`https://hub.example${path}`, init);
    const answer = await answerOf(response);
    // The document does not describe a disabled admin API.
    if (configured !== "") expect(faultsOf(method, path, answer)).toEqual([]);
    return answer;
  }

  return { ask, observed, signals, tokenRequests, retries, sessions };
}

async function answerOf(response: Response): Promise<ServiceAnswer> {
  const text = await response.text();
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  const json: unknown = text !== "" && type?.endsWith("json") ? JSON.parse(text) : text || null;
  return { status: response.status, type, json, headers: response.headers };
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  // The tests make their own bytes, which lie in no shared buffer.
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return typeof body === "string" ? body : JSON.stringify(body);
}

function sessionOf(id: string): SessionInformationJson {
  return {
    client_id: id,
    session_id: `session of ${id}`,
    hub: "main",
    connected_at: AT,
    last_activity: "2026-11-23T06:00:01.500Z",
    message_count: 42,
  };
}

function summaryOf({ client_id, session_id, hub, connected_at }: SessionInformationJson) {
  return { client_id, session_id, hub, connected_at };
}

function parkedEvent(id: number): ParkedEventJson {
  return {
    id,
    event_id: `event-${id}`,
    event_type: "client.connected",
    hub: "main",
    time: AT,
    parked_at: "2026-11-23T06:01:00.000Z",
    reason: "403 PERMISSION_DENIED",
    data: { client_id: "alice" },
  };
}

function pageOf<Item, Key>(found: readonly Item[], limit: number, keyOf: (item: Item) => Key) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? keyOf(last) : null };
}
