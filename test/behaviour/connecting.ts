/** What the hub does until a session has begun. */
import { expect, it } from "vitest";
import { binary, concat, frame, NIL, uuid } from "../support/frames.ts";
import {
  connect,
  CONNECT_STYLES,
  error,
  errorCodeOf,
  expectAlive,
  expectAnswers,
  expectNothing,
  signalTo,
} from "./steps.ts";
import { CONNECT_TIMEOUT_MS, MAX_SESSIONS, matesOf, type Peer, type World } from "./world.ts";

export function connectingBehaviour(world: () => World): void {
  it("[CO1] [CO2] [CO3] begins a session for a signed token in CONNECT", async () => {
    const peer = await world().open();
    const auth_token = await world().token("alice");
    await peer.send(frame("CONNECT", { client_id: "alice", auth_token }, uuid(9)));
    expect(await peer.next()).toEqual({
      type: "CONNECT_ACK",
      uuid: uuid(9),
      payload: {
        status: "success",
        session_id: expect.any(String),
        client_id: "alice",
        heartbeat_interval: 30,
        server_time: expect.any(Number),
        capabilities: [],
      },
    });
    await expectAlive(peer, "alice");
  });

  it("[ID4] refuses a CONNECT of the client id that is reserved for backends, whatever its credentials, and keeps the connection", async () => {
    const auth_token = await world().token("backend");
    const peer = await world().open();
    for (const payload of [
      { client_id: "backend", auth_token },
      { client_id: "backend" },
      `backend:${auth_token}`,
    ]) {
      await peer.send(frame("CONNECT", payload));
      expect(errorCodeOf(await peer.next())).toBe(400);
    }
    await peer.send(frame("CONNECT", { client_id: "alice", auth_token }));
    expect(errorCodeOf(await peer.next())).toBe(401);
    await peer.send(
      frame("CONNECT", { client_id: "alice", auth_token: await world().token("alice") }),
    );
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK" });
  });

  it("[CO1] [PT6] answers a CONNECT in TEXT with status:session_id", async () => {
    const peer = await world().open();
    await peer.send(frame("CONNECT", `alice:${await world().token("alice")}`));
    const payload = expect.stringMatching(/^success:.+/);
    expect(await peer.next()).toEqual({ type: "CONNECT_ACK", uuid: uuid(1), payload });
  });

  it.each(["{}", "TEXT", "BINARY"])(
    "[CO1] [UP2] needs no token in a CONNECT (%s) after an upgrade that presented one",
    async (style) => {
      const peer = await world().openAs("alice");
      const payload = {
        "{}": { client_id: "alice" },
        TEXT: "alice",
        BINARY: Uint8Array.of(5, 97, 108, 105, 99, 101),
      }[style];
      if (payload === undefined) throw new Error(style);
      await expectAnswers(peer, frame("CONNECT", payload), [
        { type: "CONNECT_ACK", uuid: uuid(1) },
      ]);
      await expectAlive(peer, "alice");
    },
  );

  it("[CO1] verifies a token in CONNECT even if the upgrade showed one", async () => {
    const peer = await world().openAs("alice");
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token: "wrong" }), [
      error(401),
    ]);
  });

  it("[CO4] grants those of the requested capabilities that it knows, each once", async () => {
    const peer = await world().openAs("alice");
    const capabilities = ["telepathy", "ack", "__proto__", "ack"];
    await peer.send(frame("CONNECT", { client_id: "alice", capabilities }));
    expect(await peer.next()).toMatchObject({ payload: { capabilities: ["ack"] } });
  });

  it.each(["TEXT", "BINARY"])(
    "[CO4] grants nothing to a CONNECT in %s, which cannot ask for it",
    async (style) => {
      const peer = await world().openAs("alice");
      const payload = style === "TEXT" ? "alice" : binary(["alice"]);
      await expectAnswers(peer, frame("CONNECT", payload), [{ type: "CONNECT_ACK" }]);
      await expectAnswers(peer, signalTo("alice", 1), [{ type: "SIGNAL_OFFER" }]);
      await expectNothing(peer);
    },
  );

  it("[PT5] [UP2] refuses a token over 255 bytes in BINARY, and takes it in TEXT and at the upgrade", async () => {
    const targets = Array.from({ length: 20 }, (_, n) => `a-target-${n}`);
    const token = await world().token("alice", { targets });
    expect(token.length).toBeGreaterThan(255);
    const [peer, upgraded] = [await world().open(), await world().openAs("alice", { targets })];
    const hello = frame("CONNECT", binary(["alice", token]));
    await expectAnswers(peer, hello, [error(400)]);
    await expectAnswers(peer, frame("CONNECT", `alice:${token}`), [{ type: "CONNECT_ACK" }]);
    const short = frame("CONNECT", binary(["alice"]));
    await expectAnswers(upgraded, short, [{ type: "CONNECT_ACK" }]);
  });

  it.each(CONNECT_STYLES)(
    "[CO5] answers a wrong token ($style) with 401 and keeps the connection",
    async ({ hello }) => {
      const peer = await world().open();
      await peer.send(hello("alice", "wrong", uuid(5)));
      const refused = await peer.next();
      expect(errorCodeOf(refused)).toBe(401);
      expect(refused).toMatchObject({ uuid: uuid(5) });
      await peer.send(hello("alice", await world().token("alice"), uuid(6)));
      expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(6) });
    },
  );

  it("[CO5] refuses a token of another client", async () => {
    const peer = await world().open();
    const auth_token = await world().token("mallory");
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token }), [error(401)]);
  });

  it("[CO5] closes with 4401 after the third failure, whatever the failures were", async () => {
    const peer = await world().open();
    await expectAnswers(peer, signalTo("bob", "x", uuid(1)), [error(401, uuid(1))]);
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice" }, uuid(2)), [
      error(401, uuid(2)),
    ]);
    await expectAnswers(peer, frame("CONNECT", "alice:wrong", uuid(3)), [
      { type: "ERROR", uuid: uuid(3) },
    ]);
    expect(await peer.closed).toBe(4401);
  });

  it.each(["HEARTBEAT", "DISCONNECT", "SIGNAL_OFFER", "ERROR", 0x77] as const)(
    "[CO5] answers %s before CONNECT with 401",
    async (type) => {
      const peer = await world().open();
      await expectAnswers(peer, frame(type, {}), [error(401)]);
    },
  );

  it("[CO6] answers a second CONNECT with 400 and keeps the session", async () => {
    const peer = await connect(world(), "alice");
    const auth_token = await world().token("alice");
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice", auth_token }), [error(400)]);
    await expectAlive(peer, "alice");
  });

  it("[CO7] answers a CONNECT for another id than the upgrade's with 400", async () => {
    const peer = await world().openAs("alice");
    const auth_token = await world().token("bob");
    await expectAnswers(peer, frame("CONNECT", { client_id: "bob", auth_token }), [error(400)]);
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice" }), [{ type: "CONNECT_ACK" }]);
  });

  it("[CO8] handles frames that are pipelined after CONNECT in order, once CONNECT is answered", async () => {
    const peer = await world().open();
    const auth_token = await world().token("alice");
    const numbers = [2, 3, 4, 5, 6, 7, 8];
    const hello = frame("CONNECT", { client_id: "alice", auth_token }, uuid(1));
    await peer.send(concat(hello, ...numbers.map((n) => signalTo("alice", n, uuid(n)))));
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(1) });
    for (const n of numbers)
      expect(await peer.next()).toMatchObject({ uuid: uuid(n), payload: { signal_data: n } });
  });

  it("[CO8] lets 64 frames wait and answers the 65th with 429", async () => {
    const peer = await world().open();
    const auth_token = await world().token("alice");
    const waiting = Array.from({ length: 65 }, (_, n) => frame("HEARTBEAT", {}, uuid(n + 1)));
    await peer.send(
      concat(frame("CONNECT", { client_id: "alice", auth_token }, uuid(0)), ...waiting),
    );
    expect(await peer.next()).toMatchObject(
      error(429, uuid(65), { retry_after_ms: expect.any(Number) }),
    );
    expect(await peer.next()).toMatchObject({ type: "CONNECT_ACK", uuid: uuid(0) });
    for (let n = 1; n <= 64; n += 1)
      expect(await peer.next()).toMatchObject({ type: "HEARTBEAT_ACK", uuid: uuid(n) });
  });

  it("[CO5] [CO8] treats what waited behind a refused CONNECT as sent before CONNECT", async () => {
    const peer = await world().open();
    const again = frame(
      "CONNECT",
      { client_id: "alice", auth_token: await world().token("alice") },
      uuid(3),
    );
    const message = concat(
      frame("CONNECT", { client_id: "alice", auth_token: "wrong" }, uuid(1)),
      frame("HEARTBEAT", {}, uuid(2)),
      again,
      frame("HEARTBEAT", {}, uuid(4)),
    );
    await expectAnswers(peer, message, [
      error(401, uuid(1)),
      error(401, uuid(2)),
      { type: "CONNECT_ACK", uuid: uuid(3) },
      { type: "HEARTBEAT_ACK", uuid: uuid(4) },
    ]);
  });

  it("[CO9] closes with 4408 a connection that does not CONNECT in time, and not before", async () => {
    const peer = await world().open();
    await world().advance(CONNECT_TIMEOUT_MS - 1);
    await expectAnswers(peer, frame("CONNECT", { client_id: "alice" }), [error(401)]);
    await world().advance(1);
    expect(await peer.next()).toMatchObject(error(401, NIL));
    expect(await peer.closed).toBe(4408);
  });

  it("[CO9] [SE4] leaves alone a connection that connected in time", async () => {
    const peer = await connect(world(), "alice");
    await world().advance(CONNECT_TIMEOUT_MS + 1);
    await expectNothing(peer);
  });

  it("[UP6] answers 503 at the upgrade when the headroom is full, too, and not before", async () => {
    for (let n = 0; n < MAX_SESSIONS + 16; n += 1) {
      expect(await world().refusal()).toBe(null);
      await world().open();
    }
    expect(await world().refusal()).toBe(503);
  });

  it("[CO9] [UP6] gives the places of connections that never sent anything to others, at once", async () => {
    const silent: Peer[] = [];
    while ((await world().refusal()) === null) silent.push(await world().open());
    await world().advance(CONNECT_TIMEOUT_MS);
    expect(await world().refusal()).toBe(null);
    for (const peer of silent) expect(await peer.closed).toBe(4408);
    await expectAlive(await connect(world(), "alice"), "alice");
    expect(world().ended).toEqual([]);
  });
}

/** A hub of one client is never full. */
export function fullHubBehaviour(world: () => World, hubs: number): void {
  it("[CO10] answers one client too many with 503 and close 4503, and still lets a client take over its own session", async () => {
    const mates = matesOf("late", hubs, MAX_SESSIONS);
    for (const id of mates) await connect(world(), id);
    const late = await world().open("late");
    const auth_token = await world().token("late");
    await expectAnswers(late, frame("CONNECT", { client_id: "late", auth_token }), [
      error(503, uuid(1), { retry_after_ms: expect.any(Number) }),
    ]);
    expect(await late.closed).toBe(4503);
    await connect(world(), mates[0] ?? "");
  });

  it("[CO10] [SE5] lets other clients in after a reset took its sessions away, and is full again when they are as many", async () => {
    const lost: object[] = [];
    const mates = matesOf("late", hubs, 2 * MAX_SESSIONS);
    for (const clientId of mates.slice(MAX_SESSIONS)) {
      await connect(world(), clientId);
      lost.push({ clientId, reason: "lost", messageCount: null });
    }
    await world().reset();
    for (const id of mates.slice(0, MAX_SESSIONS)) await connect(world(), id);
    expect(world().ended).toHaveLength(MAX_SESSIONS);
    expect(world().ended).toEqual(expect.arrayContaining(lost));
    const late = await world().openAs("late");
    await expectAnswers(late, frame("CONNECT", { client_id: "late" }), [error(503)]);
    expect(await late.closed).toBe(4503);
  });
}
