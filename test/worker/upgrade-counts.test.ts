/** In a file of its own: the Worker counts in its isolate's memory, which the tests of one file share. */
import { exports } from "cloudflare:workers";
import { expect, it, vi } from "vitest";

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://localhost${path}`, { headers }));
}

async function upgrades(outcome: number): Promise<number> {
  const text = await (await get("/metrics")).text();
  return Number(text.match(`signal_manager_upgrades_total{outcome="${outcome}"} (\\d+)`)?.[1]);
}

it("counts requests for a socket by the status of their answer", async () => {
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
