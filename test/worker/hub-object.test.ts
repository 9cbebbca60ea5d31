/** What only the platform can do to a hub: errors of a socket, attachments of another version, storage that fails. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  connect,
  error,
  expectAlive,
  expectAnswers,
  expectNothing,
  signalTo,
} from "../behaviour/steps.ts";
import type { Peer } from "../behaviour/world.ts";
import { WorkerWorld } from "../support/worker-world.ts";
import { frame, NIL } from "../support/frames.ts";

let world: WorkerWorld;
beforeEach(() => {
  world = new WorkerWorld({ evicts: false });
});
afterEach(() => world.dispose());

const hub = () => env.HUB.getByName("main");

it("The hub ends the session of a socket that the platform reports as broken, and closes the socket", async () => {
  const alice = await connect(world, "alice");
  await runInDurableObject(hub(), async (object, ctx) => {
    for (const ws of ctx.getWebSockets()) await object.webSocketError(ws);
  });
  expect(await alice.closed).toBe(4400);
  expect(world.ended).toEqual([{ clientId: "alice", reason: "dropped", messageCount: 1 }]);
});

it("[CL1] The hub closes a socket with 1001 at its next message if an unknown version accepted it", async () => {
  const alice = await connect(world, "alice");
  await runInDurableObject(hub(), (_object, ctx) => {
    for (const ws of ctx.getWebSockets()) ws.serializeAttachment(["of another version"]);
  });
  await evictDurableObject(hub());
  await alice.send(frame("HEARTBEAT", {}));
  expect(await alice.closed).toBe(1001);
});

it.each([
  { what: "with a code in kind", code: 4001, echoed: 4001 },
  { what: "with 1000 in kind", code: 1000, echoed: 1000 },
  { what: "without a code with 1000", code: undefined, echoed: 1000 },
])("[CL2] The hub answers a close $what", async ({ code, echoed }) => {
  const alice = await connect(world, "alice");
  await alice.close(code);
  expect(await alice.closed).toBe(echoed);
  expect(world.ended).toMatchObject([{ reason: "closed" }]);
});

it.each([
  { reported: 1005, echoed: 1000 },
  { reported: 1006, echoed: 1000 },
  { reported: 3001, echoed: 3001 },
])(
  "[CL2] The hub answers a close that the platform reports as $reported with $echoed",
  async ({ reported, echoed }) => {
    await connect(world, "alice");
    await runInDurableObject(hub(), async (object, ctx) => {
      for (const ws of ctx.getWebSockets()) {
        const close = vi.spyOn(ws, "close");
        await object.webSocketClose(ws, reported, "", true);
        expect(close.mock.calls).toEqual([[echoed, ""]]);
      }
    });
  },
);

it("[HB3] The hub sleeps on while the platform answers a text ping", async () => {
  const alice = await connect(world, "alice");
  await evictDurableObject(hub());
  await alice.send("ping");
  expect(await alice.next()).toBe("pong");
  // The platform says that a sleeping object is not running.
  await expect(evictDurableObject(hub())).rejects.toThrow("not currently running");
});

it("[SE2] The hub ignores a frame that the platform delivers after the takeover", async () => {
  const bob = await connect(world, "bob");
  const older = await connect(world, "alice");
  const sockets = await runInDurableObject(hub(), (_object, ctx) => ctx.getWebSockets());
  const newer = await connect(world, "alice");
  expect(await older.next()).toMatchObject(error(409, NIL));
  expect(await older.closed).toBe(4409);
  await runInDurableObject(hub(), async (object) => {
    const closed = sockets.filter(({ readyState }) => readyState !== WebSocket.OPEN);
    expect(closed).toHaveLength(1);
    for (const ws of closed) {
      for (const late of [signalTo("bob", "late"), frame("DISCONNECT", {})]) {
        await object.webSocketMessage(ws, late.buffer);
      }
    }
  });
  await expectNothing(bob);
  await expectNothing(newer);
  await expectAlive(newer, "alice");
  expect(world.ended).toEqual([{ clientId: "alice", reason: "replaced", messageCount: 1 }]);
});

it.each([1000, 1005, 1006])(
  "The hub keeps serving when a socket without tags closes with %d",
  async (code) => {
    const alice = await connect(world, "alice");
    await runInDurableObject(hub(), async (object) => {
      await object.webSocketClose(new WebSocketPair()[1], code, "", code !== 1006);
    });
    await expectAlive(alice, "alice");
    expect(world.ended).toEqual([]);
  },
);

it("The hub keeps its alarm when a sweep fails, and keeps serving", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  await connect(world, "alice");
  const bob = await connect(world, "bob");
  await runInDurableObject(hub(), (_object, ctx) => {
    ctx.storage.sql.exec(
      "CREATE TRIGGER stuck BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'disk full'); END",
    );
  });
  vi.setSystemTime(Date.now() + 89_000);
  await expectAlive(bob, "bob");
  vi.setSystemTime(Date.now() + 1000);
  expect(await runDurableObjectAlarm(hub())).toBe(true);
  await runInDurableObject(hub(), async (_object, ctx) => {
    expect(await ctx.storage.getAlarm()).not.toBe(null);
    ctx.storage.sql.exec("DROP TRIGGER stuck");
  });
  await expectAlive(bob, "bob");
});

it.each([
  { what: "DISCONNECT", code: 1000, end: (alice: Peer) => alice.send(frame("DISCONNECT", {})) },
  { what: "a kick", code: 4403, end: () => world.kick("alice") },
  { what: "a takeover", code: 4409, end: () => openAgain() },
])(
  "[ER4] The hub closes a socket whose session cannot be deleted ($what), and ends the session later",
  async ({ code, end }) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const alice = await connect(world, "alice");
    await runInDurableObject(hub(), (_object, ctx) => {
      ctx.storage.sql.exec(
        "CREATE TRIGGER stuck BEFORE DELETE ON sessions BEGIN SELECT RAISE(FAIL, 'disk full'); END",
      );
    });
    await end(alice);
    expect(await alice.closed).toBe(code);
    expect(world.ended).toEqual([]);
    await runInDurableObject(hub(), (_object, ctx) => {
      ctx.storage.sql.exec("DROP TRIGGER stuck");
    });
    await world.advance(60_000);
    expect(world.ended).toEqual([{ clientId: "alice", reason: "lost", messageCount: null }]);
    await expectAlive(await connect(world, "alice"), "alice");
  },
);

/** The new connection is answered with ERROR 500, and stays. */
async function openAgain(): Promise<void> {
  const again = await world.open();
  const auth_token = await world.token("alice");
  await expectAnswers(again, frame("CONNECT", { client_id: "alice", auth_token }), [error(500)]);
}

it("[UP6] The upgrade is answered with 503 while the platform holds too many sockets, even closed ones", async () => {
  await world.open();
  const hold = (count: number) =>
    runInDurableObject(hub(), (_object, ctx) => {
      // What the count reads of a socket whose close was not answered. A real one would keep the hub from sleeping.
      const unanswered = { readyState: WebSocket.CLOSING } as WebSocket;
      const list = () => Array.from({ length: count }, () => unanswered);
      Object.defineProperty(ctx, "getWebSockets", { value: list, configurable: true });
    });
  await evictDurableObject(hub());
  await hold(32_500);
  expect(await world.refusal()).toBe(503);
  await hold(32_499);
  expect(await world.refusal()).toBe(null);
});
