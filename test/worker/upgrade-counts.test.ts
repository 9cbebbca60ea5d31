/** The counts of upgrades. They have a file of their own, since the Worker counts in the memory of its isolate, which the tests of a file share. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { app } from "../../src/worker/app.ts";

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://localhost${path}`, { headers }));
}

async function upgrades(outcome: number): Promise<number> {
  const text = await (await get("/metrics")).text();
  return Number(text.match(`signal_manager_upgrades_total{status="${outcome}"} (\\d+)`)?.[1]);
}

it("The Worker counts the requests of GET / by the status of their answer", async () => {
  expect(await upgrades(101)).toBe(0);
  const upgrade = { upgrade: "websocket" };
  const { webSocket } = await get("/", upgrade);
  webSocket?.accept();
  webSocket?.close(1000);
  await get("/?access_token=wrong", upgrade);
  await get("/");
  await get("/");
  await vi.waitUntil(async () => (await upgrades(426)) === 2, { timeout: 20_000 });
  expect([await upgrades(101), await upgrades(401), await upgrades(503)]).toEqual([1, 1, 0]);
});

it("The Worker answers an upgrade whose hub fails with 500, and counts it as 500", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const fetch = vi.fn<() => Promise<Response>>().mockRejectedValue(new Error("the hub is away"));
  const broken = { ...env, HUB: { getByName: () => ({ fetch }) } } as unknown as typeof env;
  const ctx = createExecutionContext();
  const request = new Request("http://localhost/", { headers: { upgrade: "websocket" } });
  expect((await app.fetch(request, broken, ctx)).status).toBe(500);
  await waitOnExecutionContext(ctx);
  expect(await upgrades(500)).toBe(1);
});
