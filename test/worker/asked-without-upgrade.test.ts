/** `GET /` without an upgrade: how a page learns why its upgrade was refused, and which pages may read the answer. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/worker/app.ts";

const PAGE = "https://good.example";
const ONE_PAGE = { SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: PAGE };
const TOKEN_ONLY = { SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false" };

beforeEach(() => void vi.spyOn(console, "info").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

function ask(
  init: RequestInit,
  { path = "/", settings = {} }: { path?: string; settings?: object } = {},
): Promise<Response> {
  const request = new Request(`http://localhost${path}`, init);
  return Promise.resolve(app.fetch(request, { ...env, ...settings }, createExecutionContext()));
}

function bearer(token: string, headers: Record<string, string> = {}): RequestInit {
  return { headers: { authorization: `Bearer ${token}`, ...headers } };
}

describe("GET / without an upgrade", () => {
  it.each<[number, string, RequestInit, string, object]>([
    [401, "wrong credentials", bearer("wrong"), "/", {}],
    [401, "a token of another client", bearer("test_token_1"), "/?client_id=bob", {}],
    [400, "credentials that cannot be read", bearer("a b"), "/", {}],
    [400, "two client ids", bearer("test_token_1"), "/?client_id=a&client_id=b", {}],
    [401, "no credentials where a token is needed", { headers: { origin: PAGE } }, "/", TOKEN_ONLY],
    [403, "a page of another origin", { headers: { origin: "https://x.example" } }, "/", ONE_PAGE],
  ])(
    "[UP9] is refused with %i, as an upgrade is, for %s",
    async (status, _, init, path, settings) => {
      const answer = await ask(init, { path, settings });
      const upgrade = new Headers(init.headers);
      upgrade.set("upgrade", "websocket");
      const refused = await ask({ headers: upgrade }, { path, settings });
      expect([answer.status, refused.status]).toEqual([status, status]);
      expect(await answer.json()).toEqual(await refused.json());
    },
  );

  it("[UP9] is answered with 426 where the upgrade would be accepted, and reaches no hub", async () => {
    const getByName = vi.fn<() => never>();
    const settings = { HUB: { getByName } };
    const answer = await ask(bearer("test_token_1", { origin: PAGE }), { settings });
    expect(answer.status).toBe(426);
    expect(getByName).not.toHaveBeenCalled();
  });

  it("[UP9] is not judged, and not counted, where a person visits the address", async () => {
    const limit = vi.fn<() => Promise<{ success: boolean }>>();
    const settings = { ...TOKEN_ONLY, ...ONE_PAGE, UPGRADES: { limit } };
    const answer = await ask({ headers: { "cf-connecting-ip": "203.0.113.7" } }, { settings });
    expect(answer.status).toBe(426);
    expect(limit).not.toHaveBeenCalled();
  });

  it("[UP9] counts as an attempt to connect, and is answered with 429 and Retry-After above the limit", async () => {
    const limit = vi.fn<(of: { key: string }) => Promise<{ success: boolean }>>();
    limit.mockResolvedValue({ success: false });
    const init = bearer("test_token_1", { "cf-connecting-ip": "203.0.113.7", origin: PAGE });
    const answer = await ask(init, { settings: { UPGRADES: { limit } } });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(answer.headers.get("access-control-expose-headers")).toBe("retry-after");
    expect(limit).toHaveBeenCalledWith({ key: "203.0.113.7" });
  });

  it.each([
    ["https://good.example", PAGE, "https://good.example"],
    ["https://good.example", "*", "https://good.example"],
    ["https://x.example", PAGE, null],
    ["https://good.example", "", null],
  ])(
    "[UP9] may be read by a page of %s where %j may connect: %s",
    async (origin, allowed, reader) => {
      const settings = { SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: allowed };
      for (const [token, status] of [
        ["wrong", 401],
        ["test_token_1", 426],
      ] as const) {
        const answer = await ask(bearer(token, { origin }), { settings });
        expect(answer.headers.get("access-control-allow-origin")).toBe(reader);
        expect(answer.status).toBe(reader === null ? 403 : status);
      }
    },
  );
});

function preflight(origin: string): RequestInit {
  return {
    method: "OPTIONS",
    headers: {
      origin,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    },
  };
}

describe("a preflight", () => {
  it.each(["/", "/?client_id=a", "/signal/", "/signal/?client_id=a"])(
    "[UP9] of an allowed origin may send Authorization to %s",
    async (path) => {
      const answer = await ask(preflight(PAGE), { path, settings: { ...ONE_PAGE, ...TOKEN_ONLY } });
      expect(answer.status).toBe(204);
      expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
      expect(answer.headers.get("access-control-allow-headers")).toBe("authorization");
      expect(answer.headers.get("access-control-allow-methods")).toContain("GET");
    },
  );

  it("[UP9] of another origin may not", async () => {
    const answer = await ask(preflight("https://x.example"), { settings: ONE_PAGE });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBe(null);
    expect(answer.headers.get("access-control-allow-headers")).toBe(null);
  });

  it.each(["/metrics", "/admin/sessions", "/health"])("opens %s to no page", async (path) => {
    const settings = { SIGNAL_MANAGER_ADMIN_TOKEN: "operators-only-on-this-machine" };
    const answer = await ask({ headers: { origin: PAGE } }, { path, settings });
    expect(answer.headers.get("access-control-allow-origin")).toBe(null);
  });
});

it("[UP1] An unknown path says where clients connect, and a page of an allowed origin may read it", async () => {
  const answer = await ask(bearer("wrong", { origin: PAGE }), {
    path: "/signal/",
    settings: ONE_PAGE,
  });
  expect(answer.status).toBe(404);
  expect(answer.headers.get("access-control-allow-origin")).toBe(PAGE);
  expect(await answer.json()).toMatchObject({
    detail: expect.stringContaining("WebSocket clients connect to /"),
  });
});

describe("cache-control", () => {
  const ADMIN = "operators-only-on-this-machine";
  const operator = bearer(ADMIN);

  it.each<[string, RequestInit, number]>([
    ["/", {}, 426],
    ["/", bearer("wrong"), 401],
    ["/", bearer("a b"), 400],
    ["/", { headers: { upgrade: "websocket", authorization: "Bearer wrong" } }, 401],
    ["/", { method: "HEAD" }, 426],
    ["/", { method: "POST" }, 404],
    [
      "/",
      { method: "OPTIONS", headers: { origin: PAGE, "access-control-request-method": "GET" } },
      204,
    ],
    ["/health", {}, 200],
    ["/metrics", {}, 200],
    ["/nothing", {}, 404],
    ["/admin/sessions", {}, 401],
    ["/admin/sessions", operator, 200],
    ["/admin/openapi.json", operator, 200],
    ["/admin/nothing", operator, 404],
    ["/admin/sessions", { ...operator, method: "PUT" }, 405],
  ])("of %s asked with %j is no-store", async (path, init, status) => {
    const answer = await ask(init, { path, settings: { SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN } });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([status, "no-store"]);
  });

  it.each<[string, object, number]>([
    ["/metrics", { SIGNAL_MANAGER_METRICS_ENABLED: "false" }, 404],
    ["/metrics", { SIGNAL_MANAGER_METRICS_TOKEN: "scrapers-only-on-this-machine" }, 401],
    ["/admin/sessions", { SIGNAL_MANAGER_ADMIN_TOKEN: "" }, 404],
    ["/health", { SIGNAL_MANAGER_SERVER_PORT: "eighty" }, 500],
  ])("of %s under %j is no-store", async (path, settings, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await ask({}, { path, settings });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([status, "no-store"]);
  });

  it("is no-store where the service itself fails, and every route of the Worker is among these tests", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = {
      LEDGER: {
        getByName: () => {
          throw new Error("away");
        },
      },
    };
    const answer = await ask({}, { path: "/metrics", settings: broken });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([500, "no-store"]);
    const routes = app.routes.filter(({ path }) => path !== "/*").map(({ path }) => path);
    expect(new Set(routes)).toEqual(new Set(["/", "/health", "/metrics", "/admin/*"]));
  });
});
