/** Starts the page: who is this tab, and does it come back from a reload? */
import { App } from "./app.ts";
import { recall } from "./tab-memory.ts";
import { claim, freeTestClient, isThisMachine, parseAs, testIdentity } from "./test-clients.ts";
import { wireLog } from "./wire-log.ts";

async function main(): Promise<void> {
  const isLocal = isThisMachine(location.hostname);
  const app = new App(wireLog(), { isThisMachine: isLocal });
  const memory = recall();
  const asked = isLocal ? parseAs(location.search) : null;
  if (isLocal) app.form.offer(asked ?? (await freeTestClient()));
  // A tab that was duplicated has the memory of another that lives.
  const unclaim = memory === null ? null : await claim(memory.clientId);
  unclaim?.();
  if (memory !== null && unclaim !== null) {
    app.form.fill(memory);
    return app.comeBack(memory);
  }
  if (asked !== null) await app.join(testIdentity(asked));
}

await main();
