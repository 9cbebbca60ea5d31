/** Starts the page: joins again after a reload, or as `?as=` asks, or offers the form. */
import { App } from "./app.ts";
import { recall } from "./tab-memory.ts";
import { claim, freeTestClient, isThisMachine, parseAs, testIdentity } from "./test-clients.ts";
import { wireLog } from "./wire-log.ts";

async function main(): Promise<void> {
  const isLocal = isThisMachine(location.hostname);
  const app = new App(wireLog(), { isThisMachine: isLocal });
  addEventListener("pagehide", () => app.pageHides());
  // The browser shows a page again that it kept, without its session. As after a reload, it comes back to its call.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  const memory = recall();
  const asked = isLocal ? parseAs(location.search) : null;
  if (isLocal) app.form.offer(asked ?? (await freeTestClient()));
  // A duplicated tab has the memory of another tab, which still holds its client id.
  const releaseClaim = memory === null ? null : await claim(memory.clientId);
  releaseClaim?.();
  if (memory !== null && releaseClaim !== null) {
    app.form.fill(memory);
    return app.comeBack(memory);
  }
  if (asked !== null) await app.join(testIdentity(asked));
}

await main();
