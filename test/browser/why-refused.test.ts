/** How a page in a real browser learns why its upgrade was refused: by `fetch` of the same address, with `Authorization`. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../support/browser-find.ts";
import { launchChromium } from "../support/browser-tab.ts";
import { NodeService } from "../support/node-service.ts";

/** What `fetch` gave the page: a status and a header, or that the browser hid the answer. */
type Told = { readonly status: number; readonly detail: string } | "hidden";

describe.skipIf(findChromium() === null)("a page of another origin than the service's", () => {
  let service: NodeService;
  let browser: Browser;
  let page: Page;
  let servers: readonly [allowed: Server, other: Server];

  beforeAll(async () => {
    servers = [emptyPage(), emptyPage()];
    service = await NodeService.start({
      SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: await originOf(servers[0]),
      SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false",
    });
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    for (const server of servers) server.close();
  });

  async function askFrom(server: Server, path: string, token: string): Promise<Told> {
    await page.goto(await originOf(server));
    const url = new URL(path, service.url.replace(/^ws/, "http")).href;
    return page.evaluate(
      async ({ url: address, token: presented }) => {
        try {
          const headers = { authorization: `Bearer ${presented}` };
          const answer = await fetch(address, { headers, cache: "no-store" });
          return { status: answer.status, detail: await answer.text() };
        } catch {
          // A TypeError, which is all that a browser says.
          return "hidden";
        }
      },
      { url, token },
    );
  }

  it.each([
    ["/?client_id=test_client_1", "wrong", 401, "Invalid token"],
    ["/?client_id=bob", "test_token_1", 401, "Invalid token"],
    ["/?client_id=test_client_1", "test_token_1", 426, "It speaks WebSocket here"],
    ["/signal/?client_id=test_client_1", "test_token_1", 404, "WebSocket clients connect to /"],
  ])("[UP9] learns from %s with the token %s: %i", async (path, token, status, detail) => {
    expect(await askFrom(servers[0], path, token)).toEqual({
      status,
      detail: expect.stringContaining(detail),
    });
  });

  it("[UP5] connects if its origin is allowed, and so does a page of the service itself, which no list names", async () => {
    const opens = async (address: string): Promise<boolean> => {
      await page.goto(address);
      return page.evaluate(
        (url) =>
          new Promise<boolean>((resolve) => {
            const ws = new WebSocket(url, ["signal-manager", "bearer.test_token_1"]);
            ws.addEventListener("open", () => resolve(true));
            ws.addEventListener("error", () => resolve(false));
          }),
        service.url,
      );
    };
    expect(await opens(await originOf(servers[0]))).toBe(true);
    expect(await opens(await originOf(servers[1]))).toBe(false);
    expect(await opens(`${service.url.replace(/^ws/, "http")}demo/`)).toBe(true);
  });

  it("[UP9] learns nothing where its origin is not allowed", async () => {
    expect(await askFrom(servers[1], "/", "test_token_1")).toBe("hidden");
  });
});

/** Serves an empty page on a port of its own, and so with an origin of its own. */
function emptyPage(): Server {
  return createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html>");
  }).listen(0, "127.0.0.1");
}

async function originOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, "listening");
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
