/** The shipped wrangler.toml alone, with no secret and no key beside it, accepts nobody: at neither door. */
import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { VARIABLE_PREFIX } from "../../src/config/keys.ts";
import { app } from "../../src/worker/app.ts";
import type { Env } from "../../src/worker/services.ts";
import { HubObject } from "../../src/worker/hub-object.ts";
import { clientId } from "../support/client-ids.ts";
import { frame, seen, type Seen } from "../support/frames.ts";

const CLIENT = "test_client_1";

/** `header.claims.`: a token that says of itself that it needs no signature. */
const UNSIGNED = ["eyJhbGciOiJub25lIn0", btoa(JSON.stringify({ sub: CLIENT, exp: 1e10 })), ""]
  .join(".")
  .replaceAll("=", "");

/** What a stranger who has read the project would try. */
const TOKENS = [
  { what: "the document's API key", token: async () => "test_token_1" },
  { what: "the whole pair of it", token: async () => "test_client_1:test_token_1" },
  {
    what: "a token signed with the document's secret",
    token: () => issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(CLIENT) }, 60, Date.now()),
  },
  { what: "a token without a signature", token: async () => UNSIGNED },
  { what: "the client id", token: async () => CLIENT },
];

/** The bindings and `[vars]` of wrangler.toml: what the tests' own variables override is gone. */
// Cloudflare's own types say of no binding that it may be absent.
const shipped = Object.fromEntries(
  Object.entries(env).filter(([name]) => !name.startsWith(VARIABLE_PREFIX)),
) as unknown as Env;

beforeEach(() => {
  for (const level of ["error", "warn", "info"] as const) {
    vi.spyOn(console, level).mockImplementation(() => {});
  }
});
afterEach(() => void vi.restoreAllMocks());

function upgrade(headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", { headers: { upgrade: "websocket", ...headers } });
}

/** What a hub that has nothing but wrangler.toml answers a CONNECT. */
async function askShippedHub(payload: object | string): Promise<Seen | undefined> {
  return runInDurableObject(env.HUB.getByName("main"), async (_object, ctx) => {
    const hub = new HubObject(ctx, shipped);
    expect((await hub.fetch(upgrade())).status).toBe(101);
    const ws = ctx.getWebSockets().find(({ readyState }) => readyState === WebSocket.OPEN);
    if (ws === undefined) throw new Error("no socket");
    const sent: Seen[] = [];
    vi.spyOn(ws, "send").mockImplementation((bytes) => {
      // The hub sends frames only.
      sent.push(seen(new Uint8Array(bytes as Uint8Array)));
    });
    await hub.webSocketMessage(ws, frame("CONNECT", payload).buffer);
    ws.close(1000);
    expect(ctx.storage.sql.exec("SELECT * FROM sessions").toArray()).toEqual([]);
    return sent[0];
  });
}

it("is a valid configuration, without which nothing here would say anything", async () => {
  expect((await app.fetch(new Request("http://localhost/health"), shipped)).status).toBe(200);
});

it.each(TOKENS)("[UP2] refuses $what at the upgrade", async ({ token }) => {
  const headers = { authorization: `Bearer ${await token()}` };
  expect((await app.fetch(upgrade(headers), shipped, createExecutionContext())).status).toBe(401);
});

it.each(TOKENS)("[CO5] refuses $what in CONNECT", async ({ token }) => {
  const answer = await askShippedHub({ client_id: CLIENT, auth_token: await token() });
  expect(answer).toMatchObject({ type: "ERROR", payload: { error_code: 401 } });
});

it("[CO5] refuses a CONNECT without a token", async () => {
  const answer = await askShippedHub({ client_id: CLIENT });
  expect(answer).toMatchObject({ type: "ERROR", payload: { error_code: 401 } });
});

it.each(["/admin", "/admin/sessions", "/admin/openapi.json"])(
  "has no admin API: %s is 404 like any other path, whatever token is shown",
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
