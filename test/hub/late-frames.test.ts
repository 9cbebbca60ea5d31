/** Frames that were under way when the hub closed their socket. A socket of the plain world still delivers them. */
import { beforeEach, describe, expect, it } from "vitest";
import { PlainWorld } from "../behaviour/plain-world.ts";
import {
  connect,
  error,
  expectAlive,
  expectAnswers,
  expectNothing,
  signalTo,
} from "../behaviour/steps.ts";
import type { Peer } from "../behaviour/world.ts";
import { concat, frame, NIL } from "../support/frames.ts";

describe.each([
  { name: "a hub that stays awake", evicts: false },
  { name: "a hub that is evicted before every event", evicts: true },
])("$name", ({ evicts }) => {
  let world: PlainWorld;
  let bob: Peer;

  beforeEach(async () => {
    world = new PlainWorld({ evicts });
    bob = await connect(world, "bob");
  });

  it("[SE2] ignores the late frames of a connection that was replaced", async () => {
    const older = await connect(world, "alice");
    const newer = await connect(world, "alice");
    expect(await older.next()).toMatchObject(error(409, NIL));
    await older.send(concat(signalTo("bob", "late"), signalTo("alice", "late")));
    const auth_token = await world.token("alice");
    await older.send(frame("CONNECT", { client_id: "alice", auth_token }));
    await older.send(frame("DISCONNECT", {}));
    await older.send("late");
    await older.send(Uint8Array.of(1));
    await expectNothing(bob);
    await expectNothing(newer);
    await expectAlive(newer, "alice");
    expect(world.ended).toEqual([{ clientId: "alice", reason: "replaced", messageCount: 1 }]);
  });

  it("[DC1] [SE2] ignores the late frames of a connection whose session has ended", async () => {
    const ended = await connect(world, "alice");
    await ended.send(frame("DISCONNECT", {}));
    await ended.send(signalTo("bob", "late"));
    const auth_token = await world.token("alice");
    await ended.send(frame("CONNECT", { client_id: "alice", auth_token }));
    await expectNothing(bob);
    await expectAnswers(bob, signalTo("alice", 1), [error(404)]);
    expect(world.ended).toEqual([{ clientId: "alice", reason: "disconnect", messageCount: 2 }]);
    await expectAlive(await connect(world, "alice"), "alice");
  });
});
