/** The hub is killed during a call and starts again. */
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { launchChromium, Tab, talk } from "../support/browser-tab.ts";
import { NodeService } from "../support/node-service.ts";

/** The promise to users, from the moment when the hub listens again. */
const BACK_WITHIN_MS = 10_000;

describe.skipIf(findChromium() === null)("a hub that is killed during a call", () => {
  it("[SE5] leaves the call running, and has both clients back within ten seconds of its start", async () => {
    const port = await freePort();
    const state = mkdtempSync(join(tmpdir(), "hub-state-"));
    onTestFinished(() => rmSync(state, { recursive: true, force: true }));
    const before = await start(port, state);
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const context = await browser.newContext();
    const one = await Tab.join(context, before.url, 1);
    const two = await Tab.join(context, before.url, 2);
    await one.button("Call").click();
    await two.button("Answer").click();
    await talk(one, two);

    await before.processes.end("SIGKILL");
    await Promise.all([one, two].map((tab) => tab.hubSays("The hub cannot be reached")));
    await talk(one, two);

    const after = await start(port, state);
    await Promise.all([
      one.hubSays("Joined as test_client_1", BACK_WITHIN_MS),
      two.hubSays("Joined as test_client_2", BACK_WITHIN_MS),
    ]);
    await talk(one, two);
    await Promise.all([one.seesPictures(), two.seesPictures()]);
    // Signals reach the other side again.
    await one.button("Hang up").click();
    await two.noticeSays("test_client_1 has hung up");
    await after.processes.end("SIGKILL");
  });

  it("fills the log with one row that counts the attempts, and the pill says the same throughout", async () => {
    const service = await NodeService.start();
    onTestFinished(() => service.processes.end("SIGKILL"));
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const tab = await Tab.join(await browser.newContext(), service.url, 1);
    const before = await tab.frames();
    await service.processes.end("SIGKILL");
    await tab.hubSays("The hub cannot be reached");
    await tab.page.evaluate(`window.texts = new Set();
      new MutationObserver(() => texts.add(document.querySelector("#hub").innerText))
        .observe(document.querySelector("#hub"), { subtree: true, childList: true, characterData: true })`);
    await tab.page.locator(".frame-times", { hasText: /×[5-9]/ }).waitFor();
    const rows = (await tab.frames()).slice(before.length);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/WebSocket closed: 1006/);
    expect(rows[1]).toMatch(/WebSocket did not open: 1006 ×\d/);
    expect(await tab.page.evaluate("[...texts]")).toEqual([]);
  });
});

async function start(port: number, state: string): Promise<NodeService> {
  const settings = { SIGNAL_MANAGER_SERVER_PORT: String(port) };
  const service = await NodeService.start(settings, ["--persist-to", state]);
  onTestFinished(() => service.processes.end("SIGKILL"));
  return service;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
