/** Several hubs behave as one: signals among many clients, whichever hub each of them belongs to. */
import { expect, it } from "vitest";
import { concat, frame, NIL, uuid } from "../support/frames.ts";
import { connect, error, expectAlive, expectAnswers, expectNothing, signalTo } from "./steps.ts";
import { MAX_BATCH_BYTES, type Peer, type World } from "./world.ts";

/** Among these, seven hubs have pairs of clients with one hub and pairs with two. */
const CROWD = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

async function gather(world: World): Promise<Map<string, Peer>> {
  const peers = new Map<string, Peer>();
  for (const id of CROWD) peers.set(id, await connect(world, id));
  return peers;
}

export function hubsBehaviour(world: () => World): void {
  it("[SI11] routes from everybody to everybody", async () => {
    const peers = await gather(world());
    for (const [source, peer] of peers) {
      for (const [target, other] of peers) {
        await peer.send(signalTo(target, `from ${source}`, uuid(7)));
        expect(await other.next()).toMatchObject({
          type: "SIGNAL_OFFER",
          uuid: uuid(7),
          payload: { source_client_id: source, signal_data: `from ${source}` },
        });
      }
    }
  });

  it("[SI9] [SI11] keeps the order from one source to one target, in one message and in several", async () => {
    const peers = await gather(world());
    const [alice, targets] = [peers.get("alice"), [...peers].slice(1)];
    if (alice === undefined) throw new Error("alice is not there");
    for (const round of [0, 1, 2]) {
      const numbers = [0, 1, 2, 3].map((n) => round * 4 + n);
      await alice.send(
        concat(...numbers.flatMap((n) => targets.map(([id]) => signalTo(id, n, uuid(n))))),
      );
    }
    for (const [, peer] of targets) {
      for (let n = 0; n < 12; n += 1) {
        expect(await peer.next()).toMatchObject({ payload: { signal_data: n } });
      }
    }
  });

  it("[SI6] [SI10] [SI11] gives every signal of one message its one outcome", async () => {
    const peers = await gather(world());
    const auth_token = await world().token("zoe");
    const zoe = await world().open("zoe");
    await zoe.send(frame("CONNECT", { client_id: "zoe", auth_token, capabilities: ["ack"] }));
    await zoe.next();
    const ids = [...peers.keys(), "nobody", "no one", "none"];
    await zoe.send(concat(...ids.map((id, n) => signalTo(id, n, uuid(n + 1)))));
    const outcomes = new Map<string, unknown>();
    for (const _ of ids) {
      const answer = await zoe.next();
      if (typeof answer === "string") throw new Error(answer);
      outcomes.set(answer.uuid, [answer.type, answer.payload]);
    }
    ids.forEach((id, n) => {
      expect(outcomes.get(uuid(n + 1))).toMatchObject(
        peers.has(id)
          ? ["SIGNAL_ACK", { target_client_id: id }]
          : ["ERROR", { error_code: 404, target_client_id: id }],
      );
    });
  });

  it("[CO7] refuses a CONNECT for another client than the upgrade named", async () => {
    const peer = await world().openAs("bob");
    const auth_token = await world().token("alice");
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token }), [error(400)]);
    await expectAnswers(peer, frame("CONNECT", { client_id: "bob" }), [{ type: "CONNECT_ACK" }]);
  });

  it("[SE1] replaces the old connection of a client that connects again, and keeps all others", async () => {
    const peers = await gather(world());
    const again = await connect(world(), "bob");
    expect(await peers.get("bob")?.next()).toMatchObject(error(409, NIL));
    expect(await peers.get("bob")?.closed).toBe(4409);
    await peers.get("carol")?.send(signalTo("bob", "which?", uuid(3)));
    expect(await again.next()).toMatchObject({ uuid: uuid(3) });
    await expectAlive(again, "bob");
  });

  it("[BA1] sends no batch to a client that did not ask for batches", async () => {
    const [alice, bob] = [await connect(world(), "alice"), await connect(world(), "bob")];
    await alice.send(concat(...[1, 2, 3].map((n) => signalTo("bob", n, uuid(n)))));
    for (const n of [1, 2, 3]) expect(await bob.next()).toMatchObject({ uuid: uuid(n) });
    expect(bob.messages()).toBe(4);
  });

  it("[BA1] sends what one message caused as one message, in order, to a client that takes batches", async () => {
    const alice = await connectBatching(world(), "alice");
    const bob = await connectBatching(world(), "bob");
    await alice.send(
      concat(...[1, 2, 3].map((n) => signalTo(n === 2 ? "nobody" : "bob", n, uuid(n)))),
    );
    for (const n of [1, 3]) {
      expect(await bob.next()).toMatchObject({ uuid: uuid(n), payload: { signal_data: n } });
    }
    expect(bob.messages()).toBe(2);
    const outcomes = [await alice.next(), await alice.next(), await alice.next()];
    expect(outcomes).toHaveLength(3);
    await expectNothing(alice);
  });

  it("[BA1] ends a batch where the next frame would exceed the limit, and sends a larger frame alone", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connectBatching(world(), "bob");
    // With their headers two fit, three do not.
    const third = Math.floor(MAX_BATCH_BYTES / 3);
    const sizes = [third, third, third, 5 * third, 10];
    await alice.send(
      concat(...sizes.map((size, n) => signalTo("bob", "x".repeat(size), uuid(n + 1)))),
    );
    for (const n of sizes.keys()) expect(await bob.next()).toMatchObject({ uuid: uuid(n + 1) });
    // CONNECT_ACK; two thirds; one third; the large one; the small one.
    expect(bob.messages()).toBe(5);
  });

  it("[BA1] [DC1] sends a whole batch before the close that the same message caused", async () => {
    const bob = await connectBatching(world(), "bob");
    await bob.send(
      concat(signalTo("bob", 1, uuid(1)), signalTo("bob", 2, uuid(2)), frame("DISCONNECT", {})),
    );
    expect(await bob.next()).toMatchObject({ uuid: uuid(1) });
    expect(await bob.closed).toBe(1000);
  });
}

/** Where there are several hubs an upgrade without credentials names its client. */
export function hintBehaviour(world: () => World): void {
  it("[UP8] [CO7] does not take it as an identity: a socket opened for bob cannot connect as alice, even with her token", async () => {
    const peer = await world().open("bob");
    const auth_token = await world().token("alice");
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token }), [error(400)]);
    const own = { client_id: "bob", auth_token: await world().token("bob") };
    await expectAnswers(peer, frame("CONNECT", own), [{ type: "CONNECT_ACK" }]);
  });
}

async function connectBatching(world: World, clientId: string): Promise<Peer> {
  const peer = await world.open(clientId);
  const auth_token = await world.token(clientId);
  const capabilities = ["batch", "ack"];
  await expectAnswers(peer, frame("CONNECT", { client_id: clientId, auth_token, capabilities }), [
    { type: "CONNECT_ACK", payload: { capabilities } },
  ]);
  return peer;
}
