/** Real WebRTC without a browser: two Node processes with the SDK's peer() on werift call each other through `npm start`. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { NodeService } from "../support/node-service.ts";
import { ProcessGroup } from "../support/process-group.ts";

const PROGRAM = join(import.meta.dirname, "../support/werift-peer.ts");

let service: NodeService;

beforeAll(async () => {
  service = await NodeService.start();
});

afterAll(() => service?.stop());

function start(own: 1 | 2, role: "calls" | "answers" | "meets"): ProcessGroup {
  const run = new ProcessGroup(process.execPath, [PROGRAM, service.url, String(own), role], {});
  onTestFinished(() => run.end("SIGKILL"));
  return run;
}

describe("two Node processes", () => {
  it.each([
    [1, 2],
    [2, 1],
  ] as const)("talk over a data channel that the caller opens: %i calls %i", async (one, two) => {
    const callee = start(two, "answers");
    await callee.printed(/connected to the hub/);
    const caller = start(one, "calls");
    await caller.printed(new RegExp(`heard yes, this is test_client_${one}`));
    await callee.printed(new RegExp(`heard this is test_client_${one}`));
    await Promise.all([caller.printed(/closed by local/), callee.printed(/closed by remote/)]);
    expect(await Promise.all([caller.exitCode, callee.exitCode])).toEqual([0, 0]);
    expect(caller.stdout + callee.stdout).not.toContain("error");
  });

  it("talk if both call at the same moment", async () => {
    const both = [start(1, "meets"), start(2, "meets")] as const;
    await both[0].printed(/heard this is test_client_2/);
    await both[1].printed(/heard this is test_client_1/);
    expect(await Promise.all(both.map(({ exitCode }) => exitCode))).toEqual([0, 0]);
    expect(both.map(({ stdout }) => stdout).join()).not.toContain("negotiation");
  });
});
