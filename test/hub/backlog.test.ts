import { expect, it } from "vitest";
import { connect, error, expectAlive, expectAnswers, signalTo } from "../behaviour/steps.ts";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { frame, uuid } from "../support/frames.ts";

it("[RL3] answers a signal to a client that does not read with 503, and keeps both", async () => {
  const world = new PlainWorld({ evicts: false });
  const alice = await connect(world, "alice");
  const bob = await world.openAs("bob");
  await expectAnswers(bob, frame("CONNECT", { client_id: "bob" }), [{ type: "CONNECT_ACK" }]);
  bob.stopReading();
  const about = { target_client_id: "bob", retry_after_ms: 1000 };
  await expectAnswers(alice, signalTo("bob", 1), [error(503, uuid(1), about)]);
  await expectAlive(alice, "alice");
  expect(world.ended).toEqual([]);
});

it("[RL3] closes with 4429 a client that sends and does not read", async () => {
  const world = new PlainWorld({ evicts: false });
  const bob = await world.openAs("bob");
  await expectAnswers(bob, frame("CONNECT", { client_id: "bob" }), [{ type: "CONNECT_ACK" }]);
  bob.stopReading();
  await bob.send(frame("HEARTBEAT", {}));
  expect(await bob.closed).toBe(4429);
  expect(world.ended).toMatchObject([{ clientId: "bob", reason: "abuse" }]);
});
