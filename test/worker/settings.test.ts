/** Keys of the configuration that no other test sets: each has its effect in the Worker. */
import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { app } from "../../src/worker/app.ts";
import { HubObject } from "../../src/worker/hub-object.ts";
import { signalTo } from "../behaviour/steps.ts";
import { WORLD_SETTINGS } from "../behaviour/world.ts";
import { frame } from "../support/frames.ts";
import { WorkerWorld } from "../support/worker-world.ts";

let world: WorkerWorld;
beforeEach(() => {
  world = new WorkerWorld({ evicts: false });
});
afterEach(() => world.dispose());

const ADMIN = { authorization: `Bearer ${WORLD_SETTINGS.SIGNAL_MANAGER_ADMIN_TOKEN}` };

function ask(path: string, init: RequestInit, settings: Readonly<Record<string, string>>) {
  const request = new Request(`http://localhost${path}`, init);
  return app.fetch(request, { ...env, ...settings }, createExecutionContext());
}

function eventsOf(prefix: string) {
  return world.events.filter(({ type }) => type.startsWith(prefix));
}

it("With metrics.enabled = false, /metrics answers 404 like any unknown path; with true it answers 200", async () => {
  const shown = await ask("/metrics", {}, { SIGNAL_MANAGER_METRICS_ENABLED: "true" });
  const hidden = await ask("/metrics", {}, { SIGNAL_MANAGER_METRICS_ENABLED: "false" });
  const unknown = await ask("/nothing", {}, {});
  expect([shown.status, hidden.status]).toEqual([200, 404]);
  expect(await hidden.text()).toBe(await unknown.text());
  await shown.body?.cancel();
});

it("With logging.format = text, the service writes lines of text", async () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => {});
  const headers = { upgrade: "websocket", authorization: "Bearer wrong" };
  const settings = { SIGNAL_MANAGER_LOGGING_FORMAT: "text" };
  expect((await ask("/", { headers }, settings)).status).toBe(401);
  expect(info.mock.calls).toEqual([
    [expect.stringMatching(/^\S+ info upgrade\.refused status=401 detail="/)],
  ]);
});

it("A token of the admin API expires after auth.token_expiry where the request names no expiry", async () => {
  const request = { method: "POST", headers: { ...ADMIN, "content-type": "application/json" } };
  const settings = { SIGNAL_MANAGER_AUTH_TOKEN_EXPIRY: "120" };
  const issue = async (body: object): Promise<number> => {
    const answer = await ask("/admin/tokens", { ...request, body: JSON.stringify(body) }, settings);
    const { token }: { token: string } = await answer.json();
    return (decodeJwt(token).exp ?? 0) - Math.floor(Date.now() / 1000);
  };
  expect(await issue({ client_id: "alice" })).toBe(120);
  expect(await issue({ client_id: "alice", expires_in: 60 })).toBe(60);
});

it.each([
  { setting: "true", emitted: ["signal.delivered"] },
  { setting: "false", emitted: [] },
])(
  "With events.signal_delivered = $setting, a delivered signal is emitted as $emitted",
  async ({ setting, emitted }) => {
    await runInDurableObject(env.HUB.getByName("main"), async (_object, ctx) => {
      const settings = { SIGNAL_MANAGER_EVENTS_SIGNAL_DELIVERED: setting };
      const hub = new HubObject(ctx, { ...env, ...settings });
      const open = async (client: number) => {
        const before = new Set(ctx.getWebSockets());
        const upgrade = new Request("http://localhost/", { headers: { upgrade: "websocket" } });
        const { webSocket } = await hub.fetch(upgrade);
        webSocket?.accept();
        const ws = ctx.getWebSockets().find((socket) => !before.has(socket));
        if (ws === undefined) throw new Error("no socket");
        const hello = {
          client_id: `test_client_${client}`,
          auth_token: `test_token_${client}`,
        };
        await hub.webSocketMessage(ws, frame("CONNECT", hello).buffer);
        return ws;
      };
      const [one, two] = [await open(1), await open(2)];
      await hub.webSocketMessage(one, signalTo("test_client_2", 1).buffer);
      // The end of a session is reported together with everything before it.
      await hub.webSocketMessage(two, frame("DISCONNECT", {}).buffer);
      await hub.webSocketMessage(one, frame("DISCONNECT", {}).buffer);
    });
    await vi.waitUntil(() => eventsOf("client.disconnected").length === 2);
    expect(eventsOf("signal.").map(({ type }) => type)).toEqual(emitted);
  },
);
