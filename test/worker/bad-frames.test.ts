/** Bad frames, which a client can send at will, write no line of the log and do not cost the client its connection. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect, expectAlive } from "../behaviour/steps.ts";
import { frame, rawFrame, type Seen } from "../support/frames.ts";
import { WorkerWorld } from "../support/worker-world.ts";

let world: WorkerWorld;
beforeEach(() => {
  world = new WorkerWorld({ evicts: false });
});
afterEach(() => world.dispose());

/** No two losses of framing in a row: those would end the connection (FR6). */
const BAD = [
  Uint8Array.of(1, 2, 3),
  frame("SIGNAL_OFFER", "no colon"),
  rawFrame({ messageType: 0x10, payloadType: 0x02 }, Uint8Array.of(0x7b)),
  rawFrame({ messageType: 0x10, payloadType: 0x05 }, Uint8Array.of(0)),
  frame(0x77, {}),
];

it("[ER3] a hundred bad frames write no line at level info or above, and the connection stays", async () => {
  const alice = await connect(world, "alice");
  await vi.waitUntil(() => world.events.some(({ type }) => type === "client.connected"));
  await world.advance(5000);
  const lines = (["error", "warn", "info"] as const).map((level) => vi.spyOn(console, level));
  for (const line of lines) line.mockReset();
  const refused: (Seen | string)[] = [];
  for (let n = 0; n < 100; n += 1) {
    await alice.send(BAD[n % BAD.length] ?? "");
    refused.push(await alice.next());
  }
  expect(refused).toMatchObject(refused.map(() => ({ type: "ERROR", payload: expect.anything() })));
  // What was counted is reported.
  await world.advance(5000);
  expect(lines.flatMap((line) => line.mock.calls)).toEqual([]);
  const open = await runInDurableObject(env.HUB.getByName("main"), (_hub, ctx) =>
    ctx.getWebSockets(),
  );
  expect(open).toHaveLength(1);
  await expectAlive(alice, "alice");
});
