/** What happens while a CONNECT is being verified. */
import { expect, it } from "vitest";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { connect, error, expectAnswers, signalTo } from "../behaviour/steps.ts";
import { concat, frame, uuid } from "../support/frames.ts";

/** A frame that is as large as frames get. */
function large(n: number): Uint8Array {
  return frame("HEARTBEAT", new Uint8Array(65_535), uuid(n));
}

it("[CO8] lets 1 MiB wait behind a CONNECT, and answers what exceeds it with 429", async () => {
  const world = new PlainWorld({ evicts: false });
  const alice = await world.open();
  const auth_token = await world.token("alice");
  const connecting = alice.send(frame("CONNECT", { client_id: "alice", auth_token }, uuid(0)));
  await alice.send(concat(...Array.from({ length: 15 }, (_, n) => large(n + 1))));
  await alice.send(large(16));
  await connecting;
  expect(await alice.next()).toMatchObject(error(429, uuid(16)));
  expect(await alice.next()).toMatchObject({ type: "CONNECT_ACK" });
  for (let n = 1; n <= 15; n += 1) expect(await alice.next()).toMatchObject(error(400, uuid(n)));
});

it("[CO8] keeps what waits as it was, whatever becomes of the message's bytes", async () => {
  const world = new PlainWorld({ evicts: false });
  const alice = await world.open();
  const auth_token = await world.token("alice");
  const connecting = alice.send(frame("CONNECT", { client_id: "alice", auth_token }, uuid(0)));
  const message = signalTo("alice", "kept", uuid(1));
  await alice.send(message);
  message.fill(0);
  await connecting;
  expect(await alice.next()).toMatchObject({ type: "CONNECT_ACK" });
  expect(await alice.next()).toMatchObject({ uuid: uuid(1), payload: { signal_data: "kept" } });
});

it("begins no session for a client that has closed in the meantime", async () => {
  const world = new PlainWorld({ evicts: false });
  const alice = await world.open();
  const auth_token = await world.token("alice");
  const connecting = alice.send(frame("CONNECT", { client_id: "alice", auth_token }));
  await alice.close();
  await connecting;
  const bob = await connect(world, "bob");
  await expectAnswers(bob, signalTo("alice", 1), [error(404)]);
  expect(world.ended).toEqual([]);
});
