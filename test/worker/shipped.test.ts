/**
 * A service with the shipped wrangler.toml alone, without secrets and variables: its plain paths, and that neither the upgrade nor
 * CONNECT accepts anybody. And the same service with an invalid configuration.
 */
import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { VARIABLE_PREFIX } from "../../src/config/keys.ts";
import { app } from "../../src/worker/app.ts";
import { BUILD } from "../../src/worker/build-info.ts";
import type { Env } from "../../src/worker/services.ts";
import { HubObject } from "../../src/worker/hub-object.ts";
import { clientId } from "../support/client-ids.ts";
import { frame, seen, type Seen } from "../support/frames.ts";

const CLIENT = "test_client_1";

/** `header.claims.`: a token whose header claims that it needs no signature. */
const UNSIGNED = ["eyJhbGciOiJub25lIn0", btoa(JSON.stringify({ sub: CLIENT, exp: 1e10 })), ""]
  .join(".")
  .replaceAll("=", "");

/** The tokens that anybody who has read the repository could try. */
const TOKENS = [
  { what: "the published test token", token: async () => "test_token_1" },
  { what: "the published pair", token: async () => "test_client_1:test_token_1" },
  {
    what: "a token signed with the published placeholder",
    token: () => issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(CLIENT) }, 60, Date.now()),
  },
  { what: "a token without a signature", token: async () => UNSIGNED },
  { what: "the client id as a token", token: async () => CLIENT },
];

/** The bindings and `[vars]` of wrangler.toml, without the tests' own variables. */
// The type of Object.fromEntries does not know which bindings there are.
const shipped = Object.fromEntries(
  Object.entries(env).filter(([name]) => !name.startsWith(VARIABLE_PREFIX)),
) as unknown as Env;

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const level of ["error", "warn", "info"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
  }
});
afterEach(() => void vi.restoreAllMocks());

function get(path: string, settings: object = {}, headers = {}): Promise<Response> {
  const request = new Request(`http://localhost${path}`, { headers });
  return Promise.resolve(app.fetch(request, { ...shipped, ...settings }, createExecutionContext()));
}

function upgrade(headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", { headers: { upgrade: "websocket", ...headers } });
}

/** The answer to a CONNECT of a hub that has nothing but wrangler.toml. */
async function askShippedHub(payload: object | string): Promise<Seen | undefined> {
  return runInDurableObject(env.HUB.getByName("main"), async (_object, ctx) => {
    const hub = new HubObject(ctx, shipped);
    expect((await hub.fetch(upgrade())).status).toBe(101);
    const ws = ctx.getWebSockets().find(({ readyState }) => readyState === WebSocket.OPEN);
    if (ws === undefined) throw new Error("no socket");
    const sent: Seen[] = [];
    vi.spyOn(ws, "send").mockImplementation((bytes) => {
      // The hub sends nothing but frames, which are bytes.
      sent.push(seen(new Uint8Array(bytes as Uint8Array)));
    });
    await hub.webSocketMessage(ws, frame("CONNECT", payload).buffer);
    ws.close(1000);
    expect(ctx.storage.sql.exec("SELECT * FROM sessions").toArray()).toEqual([]);
    return sent[0];
  });
}

it("The shipped configuration is valid, so the tests below do not meet a service that refuses everything", async () => {
  expect((await app.fetch(new Request("http://localhost/health"), shipped)).status).toBe(200);
});

it.each(TOKENS)("[UP2] The shipped service refuses $what at the upgrade", async ({ token }) => {
  const headers = { authorization: `Bearer ${await token()}` };
  expect((await app.fetch(upgrade(headers), shipped, createExecutionContext())).status).toBe(401);
});

it.each(TOKENS)("[CO5] The shipped service refuses $what in CONNECT", async ({ token }) => {
  const answer = await askShippedHub({ client_id: CLIENT, auth_token: await token() });
  expect(answer).toMatchObject({ type: "ERROR", payload: { error_code: 401 } });
});

it("[CO5] The shipped service refuses a CONNECT without a token", async () => {
  const answer = await askShippedHub({ client_id: CLIENT });
  expect(answer).toMatchObject({ type: "ERROR", payload: { error_code: 401 } });
});

it.each(["/admin", "/admin/sessions", "/admin/openapi.json"])(
  "The shipped service has no admin API: it answers %s with 404, like any unknown path",
  async (path) => {
    const headers = { authorization: "Bearer " };
    const ask = (at: string) =>
      app.fetch(
        new Request(`http://localhost${at}`, { headers }),
        shipped,
        createExecutionContext(),
      );
    const [answer, unknown] = [await ask(path), await ask("/nothing")];
    expect([answer.status, await answer.text()]).toEqual([404, await unknown.text()]);
  },
);

describe("the shipped service", () => {
  it("[UP1] answers /health with its status, version and compatibility date", async () => {
    const response = await get("/health");
    const { version, compatibilityDate } = BUILD;
    expect(await response.json()).toEqual({
      status: "ok",
      version,
      compatibility_date: compatibilityDate,
    });
  });

  it("[UP1] answers a plain GET with 426 and a text that says how to connect", async () => {
    const response = await get("/");
    expect(response.status).toBe(426);
    expect(response.headers.get("upgrade")).toBe("websocket");
    const text = await response.text();
    expect(text).toContain('new WebSocket("ws://localhost/")');
    expect(text).toContain("http://localhost/demo/");
  });

  it("[UP1] answers the plain GET of a browser with 426 and a page that links to the demo", async () => {
    const response = await get("/", {}, { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
    expect(response.status).toBe(426);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const text = await response.text();
    expect(text).toContain('<a href="/demo/">');
    expect(text).toContain('new WebSocket("ws://localhost/")');
  });

  it.each(["/nothing", "/health/", "/administrator", "/demo"])(
    "[UP1] answers %s with 404, as problem details",
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({ status: 404, title: "Not Found" });
    },
  );

  it("answers every request with 500 while the configuration is invalid, and logs all faults once", async () => {
    const settings = {
      ...shipped,
      SIGNAL_MANAGER_SERVER_PORT: "eighty",
      SIGNAL_MANAGER_LOGGING_LEVEL: "loud",
    };
    for (const path of ["/", "/health"]) {
      // One object, as the platform has it: the faults are logged once for each.
      const response = await app.fetch(new Request(`http://localhost${path}`), settings);
      expect(response.status).toBe(500);
      expect(await response.text()).toContain("config.invalid");
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("SIGNAL_MANAGER_SERVER_PORT");
    expect(lines[0]).toContain("SIGNAL_MANAGER_LOGGING_LEVEL");
  });

  it("answers every request with 500 where the published test credentials are deployed", async () => {
    const published = { SIGNAL_MANAGER_AUTH_API_KEYS: "test_client_1:test_token_1" };
    const response = await get("/health", published);
    expect(response.status).toBe(500);
    expect(lines.join()).toContain("test credentials");
    expect(lines.join()).not.toContain("test_token_1");
  });
});
