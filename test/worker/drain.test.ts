/** When the number of hubs changes, a hub that has lost its place sends its clients away, and they find their new hub. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HubObject } from "../../src/worker/hub-object.ts";
import type { Env } from "../../src/worker/services.ts";
import { frame } from "../support/frames.ts";

const lines: { event: string; type?: string; reason?: string }[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "info").mockImplementation((line: string) => lines.push(JSON.parse(line)));
});
afterEach(() => void vi.restoreAllMocks());

/** A hub of the time when there were two, with one session, and the closes of its socket. */
async function hubOfTwo(name: string) {
  const stub = env.HUB.getByName(name);
  const closes: unknown[][] = [];
  await runInDurableObject(stub, async (_object, ctx) => {
    const before = new HubObject(ctx, settings("2"));
    await before.fetch(new Request("https://hub/", { headers: { upgrade: "websocket" } }));
    const [ws] = ctx.getWebSockets();
    if (ws === undefined) throw new Error("no socket");
    vi.spyOn(ws, "send").mockImplementation(() => {});
    vi.spyOn(ws, "close").mockImplementation((...args) => void closes.push(args));
    const hello = { client_id: "test_client_1", auth_token: "test_token_1" };
    await before.webSocketMessage(ws, frame("CONNECT", hello).buffer);
    expect(ctx.storage.sql.exec("SELECT * FROM sessions").toArray()).toHaveLength(1);
  });
  return { stub, closes };
}

function settings(hubs: string): Env {
  // Variables stand beside the bindings.
  return Object.assign({ ...env }, { SIGNAL_MANAGER_ROUTING_HUBS: hubs });
}

it("[CL1] A hub that lost its place closes every socket with 1001 at its next alarm, and ends every session", async () => {
  const { stub, closes } = await hubOfTwo("h0of2");
  await runDurableObjectAlarm(stub);
  expect(closes).toEqual([[1001, "going-away"]]);
  await vi.waitUntil(() => lines.some(({ type }) => type === "client.disconnected"));
  expect(lines).toContainEqual(
    expect.objectContaining({ event: "event.emitted", reason: "restarted" }),
  );
  await runInDurableObject(stub, (_object, ctx) => {
    expect(ctx.storage.sql.exec("SELECT * FROM sessions").toArray()).toEqual([]);
  });
});

it("[CL1] A hub that lost its place closes every socket as soon as one client sends something", async () => {
  const { stub, closes } = await hubOfTwo("h1of2");
  await runInDurableObject(stub, async (object, ctx) => {
    const [ws] = ctx.getWebSockets();
    if (ws === undefined) throw new Error("no socket");
    await object.webSocketMessage(ws, frame("HEARTBEAT", {}).buffer);
  });
  expect(closes).toEqual([[1001, "going-away"]]);
});

it("[UP6] A hub that lost its place answers an upgrade that was under way with 503", async () => {
  const upgrade = new Request("https://hub/", { headers: { upgrade: "websocket" } });
  const response = await env.HUB.getByName("h0of3").fetch(upgrade);
  expect(response.status).toBe(503);
  await response.body?.cancel();
});
