/** The client in the README, run as a reader runs it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NodeService } from "../support/node-service.ts";
import { ProcessGroup } from "../support/process-group.ts";

const DOCUMENTED_URL = "ws://127.0.0.1:8080/";

let service: NodeService;
let folder: string;

beforeAll(async () => {
  service = await NodeService.start();
  folder = mkdtempSync(join(tmpdir(), "signal-manager-readme-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await service?.stop();
});

it("the twelve lines of the README connect a client that signals itself", async () => {
  const [, snippet = ""] = /```js\n([^]*?)```/.exec(readFileSync("README.md", "utf8")) ?? [];
  expect(snippet).toContain(DOCUMENTED_URL);
  const file = join(folder, "client.mjs");
  writeFileSync(file, snippet.replace(DOCUMENTED_URL, service.url));
  const client = new ProcessGroup(process.execPath, [file], {});
  await client.printed(/^2 \{"status":"success","session_id":"/m);
  await client.printed(/^16 \{"source_client_id":"test_client_1",/m);
  await client.end();
});
