/** Which paths serve the demo's files, and which the Worker answers. test/browser tests what the page does. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NodeService } from "../support/node-service.ts";

let service: NodeService;

beforeAll(async () => {
  service = await NodeService.start();
});

afterAll(() => service?.stop());

describe("npm start", () => {
  it("serves the demo, which loads nothing from other hosts", async () => {
    const page = await service.fetch("/demo/");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const html = await page.text();
    const files = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, file]) => file ?? "");
    expect(new Set(files)).toEqual(new Set(["mark.svg", "demo.css", "demo.js"]));
    for (const file of files) expect((await service.fetch(`/demo/${file}`)).status).toBe(200);
  });

  it("redirects /demo to /demo/", async () => {
    const page = await service.fetch("/demo");
    expect([page.status, new URL(page.url).pathname]).toEqual([200, "/demo/"]);
  });

  it.each(["/nothing", "/demo/nothing", "/_headers", "/index.html", "/examples/demo/main.ts"])(
    "[UP1] answers %s with 404 and problem details from the Worker",
    async (path) => {
      const response = await service.fetch(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it("[UP1] answers / and /health from the Worker", async () => {
    expect((await service.fetch("/")).status).toBe(426);
    expect(await (await service.fetch("/health")).json()).toMatchObject({ status: "ok" });
  });
});
