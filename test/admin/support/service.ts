/** The admin API on plain objects, mounted as the Worker mounts it. Every answer is held against the OpenAPI document. */
import { Hono } from "hono";
import { expect } from "vitest";
import { createAdminApp } from "../../../src/admin/app.ts";
import { openApiDocument } from "../../../src/admin/openapi.ts";
import type {
  AdminEvent,
  AdminPorts,
  BackendSignal,
  ParkedEvent,
  SessionInformation,
  IssueTokenRequest,
} from "../../../src/admin/ports.ts";
import { clientId } from "../../support/client-ids.ts";
import { conformanceTo, type Answer, type Document } from "../../support/conformance.ts";

export const TOKEN = "admin-token-of-thirty-two-bytes!";
export const UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/** 2026-11-23T06:00:00.000Z */
export const AT_MS = 1_795_413_600_000;

// The document is JSON; its form is checked by a validator of its own.
export const DOCUMENT = openApiDocument("1.2.3") as unknown as Document;
const faultsOf = conformanceTo(DOCUMENT);

export interface ServiceAnswer extends Answer {
  readonly headers: Headers;
}

export interface ServiceOptions {
  readonly clients?: readonly string[];
  readonly token?: string;
  readonly ports?: Partial<AdminPorts>;
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
  const signals: BackendSignal[] = [];
  const orders: IssueTokenRequest[] = [];
  const retries: (readonly number[] | null)[] = [];
  const sessions = new Map(clients.map((id) => [clientId(id), sessionOf(id)]));
  const parked = [1, 2, 5].map(parkedEvent);

  const plain: AdminPorts = {
    sessions: {
      list: async ({ prefix, after, limit }) => {
        const found = [...sessions.values()]
          .filter(({ clientId: id }) => id.startsWith(prefix) && (after === null || id > after))
          .sort((a, b) => (a.clientId < b.clientId ? -1 : 1));
        return pageOf(found, limit, (session) => session.clientId as string);
      },
      find: async (id) => sessions.get(id) ?? null,
      kick: async (id) => sessions.delete(id),
    },
    parkedEvents: {
      list: async ({ after, limit }) =>
        pageOf(
          parked.filter(({ id }) => id > after),
          limit,
          (event) => event.id,
        ),
      retry: async (ids) => {
        retries.push(ids);
        return parked.filter(({ id }) => ids === null || ids.includes(id)).length;
      },
    },
    issueToken: async (order) => {
      orders.push(order);
      return { token: "a.b.c", expiresAtMs: AT_MS };
    },
    sendSignal: async (signal) => {
      signals.push(signal);
      return sessions.has(signal.target)
        ? { outcome: "delivered", uuid: UUID }
        : { outcome: "refused", fault: "signal.absent" };
    },
    observe: (event) => observed.push(event),
  };

  const admin = createAdminApp(
    { token: configured, version: "1.2.3", notFound },
    { ...plain, ...ports },
  );
  const service = new Hono().mount("/admin", (request) => admin.fetch(request));

  /** A request with the token, unless `headers` say otherwise. A body that is no string is sent as JSON. */
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
    // Of a tree that is off, or of HEAD, the document does not speak.
    if (configured !== "") expect(faultsOf(method, path, answer)).toEqual([]);
    return answer;
  }

  return { ask, observed, signals, orders, retries, sessions };
}

async function answerOf(response: Response): Promise<ServiceAnswer> {
  const text = await response.text();
  const type = response.headers.get("content-type")?.split(";")[0] ?? null;
  const json: unknown = text !== "" && type?.endsWith("json") ? JSON.parse(text) : text || null;
  return { status: response.status, type, json, headers: response.headers };
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  // What the tests send as bytes is made by them.
  if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
  return typeof body === "string" ? body : JSON.stringify(body);
}

function sessionOf(id: string): SessionInformation {
  return {
    clientId: clientId(id),
    sessionId: `session of ${id}`,
    hub: "main",
    connectedAtMs: AT_MS,
    lastActivityMs: AT_MS + 1500,
    messageCount: 42,
  };
}

function parkedEvent(id: number): ParkedEvent {
  return {
    id,
    eventId: `event-${id}`,
    type: "client.connected",
    hub: "main",
    atMs: AT_MS,
    parkedAtMs: AT_MS + 60_000,
    reason: "403 PERMISSION_DENIED",
    data: { client_id: "alice" },
  };
}

function pageOf<Item, Key>(found: readonly Item[], limit: number, keyOf: (item: Item) => Key) {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? keyOf(last) : null };
}
