/** The hub is killed during a call and starts again. */
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, onTestFinished } from "vitest";
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
