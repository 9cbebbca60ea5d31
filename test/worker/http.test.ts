/** The upgrade by its answers over HTTP. `shipped.test.ts` has the other paths of the service. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { parseClientId } from "../../src/protocol/client-id.ts";
import { app } from "../../src/worker/app.ts";
import { GRANT_HEADER } from "../../src/worker/grant-header.ts";
import { frame, seen, type Seen } from "../support/frames.ts";

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  for (const level of ["error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(line));
  }
});

afterEach(() => void vi.restoreAllMocks());

function upgrade(
  path: string,
  headers: Record<string, string> = {},
  settings: object = {},
): Promise<Response> {
  const init = { headers: { upgrade: "websocket", ...headers } };
  const request = new Request(`http://localhost${path}`, init);
  return Promise.resolve(app.fetch(request, { ...env, ...settings }, createExecutionContext()));
}

/** Sends one frame on the socket of a response 101, and resolves to the answer. */
async function ask(response: Response, message: Uint8Array): Promise<Seen> {
  const ws = response.webSocket;
  if (ws === null) throw new Error(`HTTP ${response.status}`);
  ws.binaryType = "arraybuffer";
  ws.accept();
  const answer = new Promise<Seen>((resolve) => {
    ws.addEventListener(
      "message",
      ({ data }) => resolve(seen(new Uint8Array(data as ArrayBuffer))),
      { once: true },
    );
  });
  ws.send(message);
  const answered = await answer;
  ws.close(1000);
  return answered;
}

async function jwt(clientId: string, expiresInSeconds = 60): Promise<string> {
  const id = parseClientId(clientId);
  if (id === null) throw new Error(clientId);
  return issueJwt(PUBLIC_TOKEN_SECRET, { clientId: id }, expiresInSeconds, Date.now());
}

describe("the upgrade", () => {
  it("[UP8] is answered with 400 where there are several hubs and the request names no client", async () => {
    const hubs = { SIGNAL_MANAGER_ROUTING_HUBS: "per-client" };
    const unplaced = await upgrade("/", {}, hubs);
    expect(unplaced.status).toBe(400);
    expect(await unplaced.json()).toMatchObject({ detail: expect.stringContaining("?client_id=") });
  });

  const ways = [
    {
      way: "the Authorization header",
      request: (token: string) => upgrade("/", { authorization: `Bearer ${token}` }),
    },
    {
      way: "a subprotocol",
      request: (token: string) =>
        upgrade("/", { "sec-websocket-protocol": `signal-manager, bearer.${token}` }),
    },
    {
      way: "the query",
      request: (token: string) => upgrade(`/?access_token=${encodeURIComponent(token)}`),
    },
  ];

  it.each(ways)("[UP2] accepts a JWT and an API key in $way", async ({ request }) => {
    for (const [clientId, token] of [
      ["alice", await jwt("alice")],
      ["test_client_2", "test_token_2"],
    ] as const) {
      const response = await request(token);
      expect(await ask(response, frame("CONNECT", { client_id: clientId }))).toMatchObject({
        type: "CONNECT_ACK",
      });
    }
  });

  it.each(ways)(
    "[UP2] is answered with 401, without a socket, for wrong credentials in $way",
    async ({ request }) => {
      for (const token of ["wrong", await jwt("alice", -31), (await jwt("alice")).slice(0, -2)]) {
        const response = await request(token);
        expect(response.status).toBe(401);
        expect(response.webSocket).toBe(null);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
        expect(lines.join()).not.toContain(token);
      }
    },
  );

  it("[UP2] is answered with 401 where client_id in the query is not the client of the token", async () => {
    const token = await jwt("alice");
    const authorization = `Bearer ${token}`;
    expect((await upgrade("/?client_id=alice", { authorization })).status).toBe(101);
    expect((await upgrade("/?client_id=bob", { authorization })).status).toBe(401);
    expect((await upgrade("/?client_id=")).status).toBe(400);
    expect((await upgrade("/?client_id=bob")).status).toBe(101);
  });

  it("[ID4] is answered with 401 for a token of the reserved client id, and with 400 where the query names it", async () => {
    const authorization = `Bearer ${await jwt("backend")}`;
    expect((await upgrade("/", { authorization })).status).toBe(401);
    expect((await upgrade("/?client_id=backend")).status).toBe(400);
    expect((await upgrade("/?client_id=Backend")).status).toBe(101);
  });

  it("[UP2] is answered with 400 for two different tokens, or an empty one", async () => {
    const headers = { authorization: "Bearer test_token_1" };
    expect((await upgrade("/?access_token=test_token_2", headers)).status).toBe(400);
    expect((await upgrade("/?access_token=test_token_1", headers)).status).toBe(101);
    expect((await upgrade("/?access_token=")).status).toBe(400);
    expect((await upgrade("/", { authorization: "Basic YTpi" })).status).toBe(101);
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ["a bearer header without a token", "/", { authorization: "Bearer" }, /Bearer TOKEN/],
    ["a bearer header with two tokens", "/", { authorization: "Bearer a b" }, /Bearer TOKEN/],
    ["a tab in place of the space", "/", { authorization: "bearer\ttest_token_1" }, /Bearer TOKEN/],
    [
      "two bearer subprotocols",
      "/",
      { "sec-websocket-protocol": "signal-manager, bearer.test_token_1, bearer.test_token_2" },
      /different tokens/,
    ],
    [
      "access_token twice",
      "/?access_token=test_token_1&access_token=test_token_1",
      {},
      /access_token more than once/,
    ],
    ["client_id twice", "/?client_id=a&client_id=b", {}, /client_id more than once/],
  ])(
    "[UP2] is answered with 400, with a sentence and without a socket, for %s",
    async (_, path, headers, sentence) => {
      const response = await upgrade(path, headers);
      expect(response.status).toBe(400);
      expect(response.webSocket).toBe(null);
      const { detail }: { detail: unknown } = await response.json();
      expect(detail).toMatch(sentence);
      // A browser hides the answer from its page, so the log has the sentence, too.
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { event: "upgrade.refused", status: 400, detail },
      ]);
    },
  );

  it("[UP3] selects signal-manager where the client offers it, and is answered with 400 where the client offers only others", async () => {
    const offered = await upgrade("/", { "sec-websocket-protocol": "other, signal-manager" });
    expect(offered.headers.get("sec-websocket-protocol")).toBe("signal-manager");
    const silent = await upgrade("/");
    expect(silent.headers.get("sec-websocket-protocol")).toBe(null);
    const others = await upgrade("/", { "sec-websocket-protocol": "other" });
    expect(others.status).toBe(400);
  });

  it("[UP4] is answered with 401 without credentials where auth.anonymous_upgrade is false", async () => {
    const settings = { SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false" };
    expect((await upgrade("/", {}, settings)).status).toBe(401);
    const headers = { authorization: "Bearer test_token_1" };
    expect((await upgrade("/", headers, settings)).status).toBe(101);
  });

  it("[UP5] is answered with 403 for pages of other origins, and accepted without an origin", async () => {
    const settings = {
      SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: "https://good.example,https://fine.example",
    };
    const status = async (headers: Record<string, string>) =>
      (await upgrade("/", headers, settings)).status;
    expect(await status({ origin: "https://good.example" })).toBe(101);
    expect(await status({ origin: "https://good.example.evil" })).toBe(403);
    expect(await status({ origin: "null" })).toBe(403);
    expect(await status({})).toBe(101);
  });

  it("[UP5] is accepted from a page of the service itself under every list, and from no other scheme or port of it", async () => {
    for (const allowed of ["", "https://good.example"]) {
      const settings = { SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: allowed };
      const status = async (origin: string) => (await upgrade("/", { origin }, settings)).status;
      expect(await status("http://localhost")).toBe(101);
      expect(await status("https://localhost")).toBe(403);
      expect(await status("http://localhost:8080")).toBe(403);
    }
  });

  it("[UP5] is accepted from subdomains under a mask, and from an app under its scheme", async () => {
    const settings = {
      SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: "https://*.good.example,tauri://localhost,null",
    };
    const status = async (origin: string) => (await upgrade("/", { origin }, settings)).status;
    expect(await status("https://a.good.example")).toBe(101);
    expect(await status("tauri://localhost")).toBe(101);
    expect(await status("null")).toBe(101);
    expect(await status("https://good.example")).toBe(403);
    expect(await status("https://evil.com#.good.example")).toBe(403);
  });

  it("[UP5] is accepted from no page where the list of origins is empty", async () => {
    const settings = { SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: "" };
    expect((await upgrade("/", { origin: "https://good.example" }, settings)).status).toBe(403);
    expect((await upgrade("/", {}, settings)).status).toBe(101);
  });

  it("[UP6] is answered with 429 with Retry-After after too many attempts from one address", async () => {
    const UPGRADES = {
      limit: ({ key }: { key: string }) => Promise.resolve({ success: key !== "203.0.113.7" }),
    };
    const refused = await upgrade("/", { "cf-connecting-ip": "203.0.113.7" }, { UPGRADES });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect((await upgrade("/", { "cf-connecting-ip": "203.0.113.8" }, { UPGRADES })).status).toBe(
      101,
    );
  });

  it("[UP6] is counted by the /64 of an IPv6 address, and by the IPv4 address within one", async () => {
    const limit = vi.fn<(of: { key: string }) => Promise<{ success: boolean }>>();
    limit.mockResolvedValue({ success: true });
    for (const address of ["2001:db8::1", "2001:DB8:0:0:ffff::2", "::ffff:203.0.113.7"]) {
      await upgrade("/", { "cf-connecting-ip": address }, { UPGRADES: { limit } });
    }
    const keys = limit.mock.calls.map(([{ key }]) => key);
    expect(keys).toEqual(["2001:db8:0:0::/64", "2001:db8:0:0::/64", "203.0.113.7"]);
  });

  it("[UP6] is counted by address, with the platform's own rate limiter", async () => {
    const headers = { "cf-connecting-ip": "203.0.113.9", authorization: "Bearer wrong" };
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 1000) {
      statuses.push((await upgrade("/", headers)).status);
    }
    // wrangler.toml allows 600. If a minute ends meanwhile, there are some more.
    expect(statuses.length).toBeGreaterThan(600);
    expect(statuses.at(-1)).toBe(429);
    const other = { ...headers, "cf-connecting-ip": "203.0.113.10" };
    expect((await upgrade("/", other)).status).toBe(401);
  });

  it("[UP7] passes on no header of a client in which the Worker would pass the identity", async () => {
    const grant = encodeURIComponent(
      JSON.stringify({ clientId: "alice", targets: null, expiresAtMs: null }),
    );
    const response = await upgrade("/", { [GRANT_HEADER]: grant });
    expect(await ask(response, frame("CONNECT", { client_id: "alice" }))).toMatchObject({
      payload: { error_code: 401 },
    });
  });

  it("[UP2] passes a client id that is not Latin-1 to the hub", async () => {
    const response = await upgrade("/", { authorization: `Bearer ${await jwt("アリス-é-😀")}` });
    expect(await ask(response, frame("CONNECT", { client_id: "アリス-é-😀" }))).toMatchObject({
      type: "CONNECT_ACK",
    });
  });

  it("leaves no token and no signal in the log, at any level", async () => {
    const settings = { SIGNAL_MANAGER_LOGGING_LEVEL: "debug" };
    const token = await jwt("alice");
    await upgrade(`/?access_token=${token}x&client_id=alice`, {}, settings);
    const response = await upgrade(`/?access_token=${token}`, {}, settings);
    await ask(
      response,
      frame("SIGNAL_OFFER", { target_client_id: "bob", signal_data: "the-content" }),
    );
    expect(lines.join()).toContain("/?access_token=…&client_id=…");
    expect(lines.join()).not.toContain(token.slice(0, 20));
    expect(lines.join()).not.toContain("the-content");
  });
});
