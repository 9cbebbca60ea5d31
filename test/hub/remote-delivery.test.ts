/** Signals whose target's hub cannot be reached, and answers that come late. */
import { describe, expect, it } from "vitest";
import { connect, error, expectAlive, SIGNAL_STYLES, signalTo } from "../behaviour/steps.ts";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { concat, frame, uuid } from "../support/frames.ts";

describe.each([
  { name: "a hub that stays awake", evicts: false },
  { name: "a hub that is evicted before every event", evicts: true },
])("$name", ({ evicts }) => {
  it("[SI11] answers 503 with retry_after_ms for each signal that it cannot hand on, and delivers the others", async () => {
    const world = new PlainWorld({ evicts, hubs: "per-client" });
    const [alice, carol] = [await connect(world, "alice"), await connect(world, "carol")];
    await connect(world, "bob");
    world.cutOff("bob");
    await alice.send(
      concat(
        signalTo("bob", 1, uuid(1)),
        signalTo("carol", 2, uuid(2)),
        signalTo("bob", 3, uuid(3)),
        signalTo("alice", 4, uuid(4)),
      ),
    );
    expect(await carol.next()).toMatchObject({ uuid: uuid(2), payload: { signal_data: 2 } });
    expect(await alice.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(4) });
    for (const id of [uuid(1), uuid(3)]) {
      expect(await alice.next()).toMatchObject(
        error(503, id, { target_client_id: "bob", retry_after_ms: expect.any(Number) }),
      );
    }
    await expectAlive(alice, "alice");
  });

  it.each(SIGNAL_STYLES)(
    "[SI11] refuses a signal in $style, too, if the target's hub cannot be reached",
    async ({ signal }) => {
      const world = new PlainWorld({ evicts, hubs: 7 });
      const alice = await connect(world, "alice");
      world.cutOff("bob");
      await alice.send(signal("bob", uuid(9)));
      expect(await alice.next()).toMatchObject({ type: "ERROR", uuid: uuid(9) });
    },
  );

  it("[SI11] drops an outcome whose source has gone meanwhile, and accepts the client again", async () => {
    const world = new PlainWorld({ evicts, hubs: "per-client" });
    const [alice, bob] = [await connect(world, "alice"), await connect(world, "bob")];
    const sent = alice.send(signalTo("bob", 1, uuid(1)));
    const closed = alice.close(1000);
    await Promise.all([sent, closed]);
    expect(await bob.next()).toMatchObject({ uuid: uuid(1) });
    await expectAlive(await connect(world, "alice"), "alice");
  });

  it("[SI11] [SE2] drops an outcome whose session was replaced, and sends the successor nothing", async () => {
    const world = new PlainWorld({ evicts, hubs: "per-client" });
    const older = await connect(world, "alice");
    await connect(world, "bob");
    world.cutOff("bob");
    const auth_token = await world.token("alice");
    const newer = await world.open("alice");
    const sent = older.send(signalTo("bob", 1, uuid(1)));
    const taken = newer.send(frame("CONNECT", { client_id: "alice", auth_token }, uuid(2)));
    await Promise.all([sent, taken]);
    expect(await newer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(2) });
    await expectAlive(newer, "alice");
  });
});
