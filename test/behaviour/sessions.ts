/** How long a session lasts, and every way in which it ends. */
import { expect, it } from "vitest";
import { concat, frame, NIL, uuid } from "../support/frames.ts";
import { connect, error, expectAlive, expectAnswers, expectNothing, signalTo } from "./steps.ts";
import { HEARTBEAT_INTERVAL_MS, type World } from "./world.ts";

const SILENCE_MS = 3 * HEARTBEAT_INTERVAL_MS;

export function sessionsBehaviour(world: () => World): void {
  it("[HB1] answers a HEARTBEAT with both clocks", async () => {
    const alice = await connect(world(), "alice");
    await alice.send(frame("HEARTBEAT", { timestamp: 1234 }, uuid(4)));
    const payload = { timestamp: expect.any(Number), client_timestamp: 1234 };
    expect(await alice.next()).toEqual({ type: "HEARTBEAT_ACK", uuid: uuid(4), payload });
  });

  it.each([{ empty: "" }, { empty: new Uint8Array() }])(
    "[HB2] [PT6] answers an empty HEARTBEAT in JSON",
    async ({ empty }) => {
      const alice = await connect(world(), "alice");
      await expectAnswers(alice, frame("HEARTBEAT", empty), [
        { type: "HEARTBEAT_ACK", payload: { client_timestamp: null } },
      ]);
    },
  );

  it("[HB3] [FR7] answers the text ping with pong", async () => {
    const alice = await connect(world(), "alice");
    await alice.send("ping");
    expect(await alice.next()).toBe("pong");
  });

  it("[HB4] closes it with 4408 after three heartbeats of silence, and not before", async () => {
    const alice = await connect(world(), "alice");
    await world().advance(SILENCE_MS - 1);
    await expectNothing(alice);
    await world().advance(SILENCE_MS - 1);
    await expectNothing(alice);
    await world().advance(SILENCE_MS);
    expect(await alice.closed).toBe(4408);
    expect(world().ended).toEqual([{ clientId: "alice", reason: "timed-out", messageCount: 3 }]);
  });

  it("[HB4] does not count other texts, or bytes that are no frame, as a sign of life", async () => {
    const alice = await connect(world(), "alice");
    await world().advance(SILENCE_MS - 1);
    for (const silence of ["PING", "", Uint8Array.of(1), new Uint8Array()])
      await expectAnswers(alice, silence, [error(400, NIL)]);
    await world().advance(1);
    expect(await alice.closed).toBe(4408);
    expect(world().ended).toMatchObject([{ reason: "timed-out" }]);
  });

  it("[HB4] [SI6] discovers a silent target when a signal is for it: the source gets 404, the target 4408 and no signal", async () => {
    const alice = await connect(world(), "alice");
    world().pass(SILENCE_MS - 1);
    const bob = await connect(world(), "bob");
    await bob.send(signalTo("alice", "in time", uuid(2)));
    expect(await alice.next()).toMatchObject({ uuid: uuid(2) });
    world().pass(1);
    await expectAnswers(bob, signalTo("alice", "too late", uuid(3)), [
      error(404, uuid(3), { target_client_id: "alice" }),
    ]);
    expect(await alice.closed).toBe(4408);
    expect(alice.messages()).toBe(2);
    expect(world().ended).toEqual([{ clientId: "alice", reason: "timed-out", messageCount: 1 }]);
  });

  it.each([
    { what: "that cannot be read", bytes: frame("SIGNAL_OFFER", "no colon") },
    { what: "of an unknown type", bytes: frame(0x77, {}) },
    {
      what: "before the point where framing is lost",
      bytes: concat(frame("HEARTBEAT", {}), Uint8Array.of(1)),
    },
  ])("[HB4] counts a frame $what as a sign of life", async ({ bytes }) => {
    const alice = await connect(world(), "alice");
    await world().advance(SILENCE_MS - 1);
    await alice.send(bytes);
    await alice.next();
    await world().advance(SILENCE_MS - 1);
    expect(world().ended).toEqual([]);
    await world().advance(1);
    expect(await alice.closed).toBe(4408);
  });

  it("[HB3] [HB4] counts a text ping as a sign of life", async () => {
    const [alice, bob] = [await connect(world(), "alice"), await connect(world(), "bob")];
    await world().advance(1);
    await alice.send("ping");
    expect(await alice.next()).toBe("pong");
    await world().advance(SILENCE_MS - 1);
    expect(await bob.closed).toBe(4408);
    await expectNothing(alice);
    expect(world().ended.map(({ clientId }) => clientId)).toEqual(["bob"]);
  });

  it("[DC1] ends it at DISCONNECT, closes with 1000 and drops the frames behind it", async () => {
    const alice = await connect(world(), "alice");
    const bob = await connect(world(), "bob");
    await alice.send(concat(frame("DISCONNECT", { reason: "bye" }), signalTo("bob", "too late")));
    expect(await alice.closed).toBe(1000);
    await expectNothing(bob);
    expect(world().ended).toEqual([{ clientId: "alice", reason: "disconnect", messageCount: 2 }]);
  });

  it.each([{ payload: "bye" }, { payload: new Uint8Array() }])(
    "[DC1] [PT4] [PT5] accepts DISCONNECT in TEXT and BINARY",
    async ({ payload }) => {
      const alice = await connect(world(), "alice");
      await alice.send(frame("DISCONNECT", payload));
      expect(await alice.closed).toBe(1000);
    },
  );

  it("[SE1] gives the client id to the newer connection, and ERROR 409 and close 4409 to the older one", async () => {
    const older = await connect(world(), "alice");
    const newer = await connect(world(), "alice");
    expect(await older.next()).toMatchObject(error(409, NIL));
    expect(await older.closed).toBe(4409);
    await expectAlive(newer, "alice");
    expect(world().ended).toEqual([{ clientId: "alice", reason: "replaced", messageCount: 1 }]);
  });

  it("[SE2] keeps it when the connection that it replaced closes late", async () => {
    const older = await connect(world(), "alice");
    const newer = await connect(world(), "alice");
    await older.closed;
    await older.close(1000);
    await expectAlive(newer, "alice");
    expect(world().ended).toHaveLength(1);
  });

  it("[SE1] leaves exactly one live session of forty concurrent takeovers", async () => {
    const auth_token = await world().token("alice");
    const peers = await Promise.all(Array.from({ length: 40 }, () => world().open()));
    await Promise.all(
      peers.map((peer) => peer.send(frame("CONNECT", { client_id: "alice", auth_token }))),
    );
    const acks = await Promise.all(peers.map((peer) => peer.next()));
    expect(acks.every((ack) => typeof ack !== "string" && ack.type === "CONNECT_ACK")).toBe(true);
    const bob = await connect(world(), "bob");
    await bob.send(signalTo("alice", "who is it?"));
    const outcomes = await Promise.all(peers.map((peer) => peer.next()));
    const types = outcomes
      .map((outcome) => (typeof outcome === "string" ? outcome : outcome.type))
      .toSorted();
    expect(types).toEqual([...Array<string>(39).fill("ERROR"), "SIGNAL_OFFER"]);
    expect(world().ended.map(({ reason }) => reason)).toEqual(Array<string>(39).fill("replaced"));
  });

  it("[SE3] ends it when its token has expired and the clock skew has passed", async () => {
    const alice = await connect(world(), "alice", { expiresInSeconds: 40 });
    await world().advance(40_000);
    await expectNothing(alice);
    await world().advance(30_000);
    expect(await alice.next()).toMatchObject(
      error(401, NIL, { error_message: "Token has expired" }),
    );
    expect(await alice.closed).toBe(4401);
    expect(world().ended).toEqual([{ clientId: "alice", reason: "expired", messageCount: 2 }]);
  });

  it("[SE3] ends it on time if its token expires before the connect deadline would have passed", async () => {
    const alice = await connect(world(), "alice", { expiresInSeconds: -25 });
    await world().advance(5_000);
    expect(await alice.closed).toBe(4401);
    expect(world().ended).toMatchObject([{ reason: "expired" }]);
  });

  it("[SE3] refuses an expired token at CONNECT", async () => {
    const alice = await world().open();
    const auth_token = await world().token("alice", { expiresInSeconds: -31 });
    await expectAnswers(alice, frame("CONNECT", { client_id: "alice", auth_token }), [
      error(401, uuid(1), { error_message: "Token has expired" }),
    ]);
  });

  it("[SE4] [SE6] routes to each of ten clients and counts their frames", async () => {
    const ids = Array.from({ length: 10 }, (_, n) => `client-${n}`);
    const peers = await Promise.all(ids.map((id) => connect(world(), id)));
    for (const [n, peer] of peers.entries()) {
      const next = peers[(n + 1) % 10];
      await peer.send(
        concat(signalTo(`client-${(n + 1) % 10}`, 1), signalTo(`client-${(n + 1) % 10}`, 2)),
      );
      expect(await next?.next()).toMatchObject({
        payload: { source_client_id: ids[n], signal_data: 1 },
      });
      expect(await next?.next()).toMatchObject({
        payload: { source_client_id: ids[n], signal_data: 2 },
      });
    }
    for (const peer of peers) await peer.close(1000);
    const counts = ids.map((clientId) => ({ clientId, reason: "closed", messageCount: 3 }));
    expect(world().ended).toEqual(counts);
  });

  it("[SE5] ends each session that a reset took away once, as lost, and lets its client come back", async () => {
    const alice = await connect(world(), "alice");
    await connect(world(), "bob");
    await world().reset();
    expect(await alice.closed).toBe(1006);
    const again = await connect(world(), "alice");
    const lost = { reason: "lost", messageCount: null };
    expect(world().ended).toContainEqual({ clientId: "alice", ...lost });
    await expectAnswers(again, signalTo("bob", 1), [error(404)]);
    await world().advance(SILENCE_MS - 1);
    expect(world().ended.map(({ clientId }) => clientId)).toEqual(["alice", "bob"]);
    await expectAlive(again, "alice");
  });

  it("[SE5] ends the sessions that a reset took away as soon as any client connects", async () => {
    await connect(world(), "alice");
    await world().reset();
    const unconnected = await world().open("alice");
    expect(world().ended).toEqual([{ clientId: "alice", reason: "lost", messageCount: null }]);
    await world().reset();
    expect(await unconnected.closed).toBe(1006);
    await connect(world(), "alice");
    expect(world().ended).toHaveLength(1);
  });

  it("[SE7] [CL1] ends it with ERROR 403 and close 4403 when an administrator kicks its client, and ends no other", async () => {
    const [alice, bob] = [await connect(world(), "alice"), await connect(world(), "bob")];
    expect(await world().kick("alice")).toBe(true);
    expect(await alice.next()).toMatchObject(error(403, NIL));
    expect(await alice.closed).toBe(4403);
    expect(await world().kick("alice")).toBe(false);
    await expectAlive(bob, "bob");
    expect(world().ended).toMatchObject([{ clientId: "alice", reason: "kicked" }]);
    await expectAlive(await connect(world(), "alice"), "alice");
  });
}
