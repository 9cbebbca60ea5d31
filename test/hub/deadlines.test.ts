/** Deadlines that settings of their own bring close together. */
import { expect, it } from "vitest";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { connect } from "../behaviour/steps.ts";

it("[HB4] looks at a session in time where three heartbeats are over before the connect deadline", async () => {
  const world = new PlainWorld({ evicts: false, settings: { heartbeatIntervalMs: 1000 } });
  const alice = await connect(world, "alice");
  await world.advance(2999);
  expect(world.ended).toEqual([]);
  await world.advance(1);
  expect(await alice.closed).toBe(4408);
});
