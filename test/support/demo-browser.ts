/** The running service and a real Chromium for the tests of one `describe`, and contexts that each test leaves behind. */
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "./browser-tab.ts";
import { NodeService } from "./node-service.ts";

export interface DemoBrowser {
  /** Of the service, ws://…. */
  readonly url: string;
  /** A fresh profile, which is closed when the test has finished. */
  openContext(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Registers the hooks that start and end both. What it returns can be used within a test. */
export function useDemoBrowser(): DemoBrowser {
  let service: NodeService;
  let browser: Browser;

  beforeAll(async () => {
    service = await NodeService.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await service?.processes.end("SIGKILL");
  });

  return {
    get url() {
      return service.url;
    },
    async openContext(options) {
      const context = await browser.newContext(options);
      onTestFinished(() => context.close());
      return context;
    },
  };
}
