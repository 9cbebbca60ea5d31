/** What happens while a CONNECT is being verified. Each test decides how long the authenticator takes. */
import { beforeEach, describe, expect, it } from "vitest";
import { PlainWorld } from "../behaviour/plain-world.ts";
import { error, expectAlive, expectAnswers, signalTo } from "../behaviour/steps.ts";
import { concat, frame, NIL, uuid } from "../support/frames.ts";

/** A frame that is as large as frames get. */
function large(n: number): Uint8Array {
  return frame("HEARTBEAT", new Uint8Array(65_535), uuid(n));
}

describe.each([
  { name: "a hub that stays awake", evicts: false },
  { name: "a hub that is evicted before every event", evicts: true },
])("$name", ({ evicts }) => {
  let world: PlainWorld;
  /** Finishes the verifications that have begun. */
  let verify: () => void;

  beforeEach(() => {
    const held: (() => void)[] = [];
    const delay = () => new Promise<void>((resolve) => void held.push(resolve));
    world = new PlainWorld({ evicts, delay });
    verify = () => {
      for (const resume of held.splice(0)) resume();
    };
  });

  /** A connection whose CONNECT is being verified; `verified` finishes that. */
  async function connecting(auth_token?: string) {
    const peer = await world.open();
    auth_token ??= await world.token("alice");
    const pending = peer.send(frame("CONNECT", { client_id: "alice", auth_token }, uuid(0)));
    const verified = () => {
      verify();
      return pending;
    };
    return { peer, verified };
  }

  it("[CO8] lets 1 MiB wait behind a CONNECT, and answers what exceeds it with 429", async () => {
    const { peer, verified } = await connecting();
    for (const n of [1, 6, 11]) {
      await peer.send(concat(...Array.from({ length: 5 }, (_, at) => large(n + at))));
    }
    await peer.send(large(16));
    expect(await peer.next()).toMatchObject(error(429, uuid(16)));
    await verified();
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK" });
    for (let n = 1; n <= 15; n += 1) expect(await peer.next()).toMatchObject(error(400, uuid(n)));
  });

  it("[CO8] [SE6] counts every frame behind a CONNECT, including those that were too many to wait", async () => {
    const { peer, verified } = await connecting();
    await peer.send(
      concat(...Array.from({ length: 70 }, (_, n) => frame("HEARTBEAT", {}, uuid(n + 1)))),
    );
    for (let n = 65; n <= 70; n += 1) expect(await peer.next()).toMatchObject(error(429, uuid(n)));
    await verified();
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK" });
    await peer.close(1000);
    expect(world.ended).toEqual([{ clientId: "alice", reason: "closed", messageCount: 71 }]);
  });

  it("[CO8] [BA1] sends what waited behind a CONNECT as one message to a client that takes batches", async () => {
    const bob = await world.openAs("bob");
    const hello = frame("CONNECT", { client_id: "bob", capabilities: ["batch"] });
    await expectAnswers(bob, hello, [{ type: "CONNECT_ACK" }]);
    const { peer, verified } = await connecting();
    await peer.send(concat(...[1, 2, 3].map((n) => signalTo("bob", n, uuid(n)))));
    const before = bob.messages();
    await verified();
    for (const n of [1, 2, 3]) {
      expect(await bob.next()).toMatchObject({ uuid: uuid(n), payload: { signal_data: n } });
    }
    expect(bob.messages() - before).toBe(1);
  });

  it("[CO8] keeps what waits as it was, even if the message's bytes are overwritten", async () => {
    const { peer, verified } = await connecting();
    const message = signalTo("alice", "kept", uuid(1));
    await peer.send(message);
    message.fill(0);
    await verified();
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK" });
    expect(await peer.next()).toMatchObject({ uuid: uuid(1), payload: { signal_data: "kept" } });
  });

  it("[CO8] [SI9] keeps the order of what waits, over many messages, turns and a second CONNECT", async () => {
    const wrong = await connecting("wrong");
    const { peer } = wrong;
    await peer.send(signalTo("alice", "before any session", uuid(1)));
    await new Promise((resolve) => setTimeout(resolve));
    const auth_token = await world.token("alice");
    const again = frame("CONNECT", { client_id: "alice", auth_token }, uuid(2));
    await peer.send(concat(again, signalTo("alice", 3, uuid(3)), Uint8Array.of(1)));
    for (const n of [4, 5, 6]) await peer.send(signalTo("alice", n, uuid(n)));
    const first = wrong.verified();
    expect(await peer.next()).toMatchObject(error(401, uuid(0)));
    expect(await peer.next()).toMatchObject(error(401, uuid(1)));
    // The second CONNECT is being verified now. What comes now waits behind what has waited before.
    await peer.send(signalTo("alice", 7, uuid(7)));
    verify();
    await first;
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(2) });
    expect(await peer.next()).toMatchObject({ uuid: uuid(3), payload: { signal_data: 3 } });
    expect(await peer.next()).toMatchObject(error(400, NIL));
    for (const n of [4, 5, 6, 7])
      expect(await peer.next()).toMatchObject({ uuid: uuid(n), payload: { signal_data: n } });
  });

  it("[FR6] [CO8] closes at the sixteenth loss of framing in a row behind a CONNECT, even if a good frame follows", async () => {
    const { peer, verified } = await connecting();
    for (let n = 0; n < 16; n += 1) await peer.send(Uint8Array.of(1));
    await peer.send(frame("HEARTBEAT", {}));
    expect(await peer.next()).toMatchObject(
      error(400, NIL, { error_message: "Too many messages without a readable frame" }),
    );
    expect(await peer.closed).toBe(4400);
    await verified();
    await expectAnswers(await connectBob(), signalTo("alice", 1), [error(404)]);
  });

  it("[FR6] [CO8] counts losses of framing behind a CONNECT in the order in which they came", async () => {
    const { peer, verified } = await connecting();
    for (let n = 0; n < 15; n += 1) await peer.send(Uint8Array.of(1));
    await peer.send(frame("HEARTBEAT", {}, uuid(1)));
    for (let n = 0; n < 15; n += 1) await peer.send(Uint8Array.of(1));
    await verified();
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK" });
    for (let n = 0; n < 15; n += 1) expect(await peer.next()).toMatchObject(error(400, NIL));
    expect(await peer.next()).toMatchObject({ type: "HEARTBEAT_ACK" });
    for (let n = 0; n < 15; n += 1) expect(await peer.next()).toMatchObject(error(400, NIL));
    await expectAlive(peer, "alice");
  });

  it("[CO8] begins no session for a client that has closed in the meantime", async () => {
    const { peer, verified } = await connecting();
    await peer.close();
    await verified();
    await expectAnswers(await connectBob(), signalTo("alice", 1), [error(404)]);
    expect(world.ended).toEqual([]);
  });

  /** Connects by the upgrade's credentials, so that nothing has to be verified. */
  async function connectBob() {
    const bob = await world.openAs("bob");
    await expectAnswers(bob, frame("CONNECT", { client_id: "bob" }), [{ type: "CONNECT_ACK" }]);
    return bob;
  }
});
