import { beforeEach, describe, expect, it } from "vitest";
import { connect, error, expectAlive, expectAnswers, signalTo } from "../behaviour/steps.ts";
import { PlainWorld, type PlainPeer } from "../behaviour/plain-world.ts";
import { frame, uuid } from "../support/frames.ts";

describe.each(
  ([1, 7, "per-client"] as const).flatMap((hubs) => [
    { name: `${hubs} hub(s) that stay awake`, hubs, evicts: false },
    { name: `${hubs} hub(s) that are evicted before every event`, hubs, evicts: true },
  ]),
)("$name", ({ hubs, evicts }) => {
  let world: PlainWorld;
  let bob: PlainPeer;

  beforeEach(async () => {
    world = new PlainWorld({ evicts, hubs });
    bob = await world.openAs("bob");
    await expectAnswers(bob, frame("CONNECT", { client_id: "bob" }), [{ type: "CONNECT_ACK" }]);
  });

  it("[RL3] answer a signal to a client that does not read with 503, and keep both connections", async () => {
    const alice = await connect(world, "alice");
    bob.stopReading();
    const about = { target_client_id: "bob", retry_after_ms: 1000 };
    await expectAnswers(alice, signalTo("bob", 1), [error(503, uuid(1), about)]);
    await expectAlive(alice, "alice");
    expect(world.ended).toEqual([]);
  });

  it("[RL3] close a client with 4429 that sends and does not read", async () => {
    bob.stopReading();
    await bob.send(frame("HEARTBEAT", {}));
    expect(await bob.closed).toBe(4429);
    expect(world.ended).toMatchObject([{ clientId: "bob", reason: "abuse" }]);
  });
});
