import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { fullBucket } from "../../../src/hub/rate-limit.ts";
import type { Connection } from "../../../src/hub/connection.ts";
import { MAX_BACKLOG_BYTES } from "../../../src/protocol/limits.ts";
import { PlatformSockets } from "../../../src/worker/sockets/hub-sockets.ts";

function awaiting(socketId: string): Connection {
  const bucket = fullBucket(0);
  return {
    state: "awaiting-connect",
    socketId,
    bucket,
    lostFramings: 0,
    connectByMs: 0,
    grant: null,
    expectedClientId: null,
    failures: 0,
  };
}

/** Runs in an object of its own, so that the hub's handlers do not see these sockets. */
function inObject(
  name: string,
  run: (ctx: DurableObjectState, accept: () => WebSocket) => void,
): Promise<void> {
  return runInDurableObject(env.HUB.getByName(name), (_hub, ctx) =>
    run(ctx, () => new WebSocketPair()[1]),
  );
}

it("A socket counts until the hub has closed it, whether or not the peer answers the close", async () => {
  await inObject("counts", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const [first, second] = [accept(), accept()];
    sockets.accept(first, awaiting("first"));
    sockets.accept(second, awaiting("second"));
    expect(sockets.count).toBe(2);
    sockets.of(first).connection = { state: "closed", socketId: "first" };
    sockets.of(first).close("timed-out");
    sockets.of(first).connection = { state: "closed", socketId: "first" };
    expect(sockets.count).toBe(1);
    sockets.saveChanged();
    expect(new PlatformSockets(ctx).count).toBe(1);
  });
});

it("A socket is found by its id in every incarnation, and has one wrapper", async () => {
  await inObject("finds", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const ws = accept();
    sockets.accept(ws, awaiting("first"));
    expect(sockets.find("first")).toBe(sockets.of(ws));
    expect(sockets.find("other")).toBe(undefined);
    expect(new PlatformSockets(ctx).find("first")?.connection).toEqual(awaiting("first"));
  });
});

it("[RL3] Nothing is sent to a backlogged socket, if the platform reports how much waits", async () => {
  await inObject("backlog", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const ws = accept();
    sockets.accept(ws, awaiting("slow"));
    const send = vi.spyOn(ws, "send");
    const bytes = Uint8Array.of(1);
    for (const [bufferedAmount, sent] of [
      [MAX_BACKLOG_BYTES, true],
      [MAX_BACKLOG_BYTES + 1, false],
    ] as const) {
      Object.defineProperty(ws, "bufferedAmount", { value: bufferedAmount, configurable: true });
      send.mockClear();
      expect(sockets.of(ws).send(bytes)).toBe(sent);
      expect(send).toHaveBeenCalledTimes(sent ? 1 : 0);
    }
  });
});

it("[RL3] The platform is asked how much waits only after as much was sent as may wait", async () => {
  await inObject("asks", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const ws = accept();
    sockets.accept(ws, awaiting("fast"));
    const ask = vi.fn<() => number>(() => 0);
    Object.defineProperty(ws, "bufferedAmount", { get: ask });
    const half = new Uint8Array(MAX_BACKLOG_BYTES / 2);
    const asked = [half, half, Uint8Array.of(1), Uint8Array.of(1)].map((bytes) => {
      ask.mockClear();
      expect(sockets.of(ws).send(bytes)).toBe(true);
      return ask.mock.calls.length;
    });
    // Once after a wake, and then when a megabyte and a byte have gone.
    expect(asked).toEqual([1, 0, 0, 1]);
  });
});

it("Each connection that has changed is saved once", async () => {
  await inObject("saves", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const all = ["first", "second", "third"].map((id) => {
      const ws = accept();
      sockets.accept(ws, awaiting(id));
      return { id, ws, save: vi.spyOn(ws, "serializeAttachment") };
    });
    for (const { id, ws } of [...all, ...all]) {
      sockets.of(ws).connection = { state: "closed", socketId: id };
    }
    sockets.saveChanged();
    sockets.saveChanged();
    for (const { id, ws, save } of all) {
      expect(save).toHaveBeenCalledTimes(1);
      const kept = new PlatformSockets(ctx).of(ws).connection;
      expect(kept).toEqual({ state: "closed", socketId: id });
    }
  });
});

it("A closed socket sends nothing, and never throws", async () => {
  await inObject("closed", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx);
    const ws = accept();
    sockets.accept(ws, awaiting("gone"));
    sockets.of(ws).close("normal");
    expect(sockets.of(ws).send(Uint8Array.of(1))).toBe(false);
    for (const code of [1005, 1006, 1015, 999, 5000, 1000, 4001]) sockets.of(ws).echoClose(code);
    sockets.of(ws).close("normal");
  });
});

it("[UP6] The hub is full when the platform holds too many sockets, including closed ones without an answer", async () => {
  await inObject("full", (ctx, accept) => {
    const sockets = new PlatformSockets(ctx, 2);
    const [first, second] = [accept(), accept()];
    sockets.accept(first, awaiting("first"));
    expect(sockets.isFull).toBe(false);
    sockets.accept(second, awaiting("second"));
    expect(sockets.isFull).toBe(true);
    sockets.of(first).close("timed-out");
    sockets.of(first).connection = { state: "closed", socketId: "first" };
    sockets.saveChanged();
    expect(sockets.count).toBe(1);
    expect(sockets.isFull).toBe(true);
    expect(new PlatformSockets(ctx, 2).isFull).toBe(true);
    expect(new PlatformSockets(ctx, 3).isFull).toBe(false);
  });
});

it("[UP6] The platform's list of sockets is walked only when it may have become too long", async () => {
  await inObject("walks", (ctx, accept) => {
    const list = vi.fn<() => WebSocket[]>(() => []);
    const watched = { getWebSockets: list, acceptWebSocket: () => {} };
    const sockets = new PlatformSockets(Object.assign(Object.create(ctx), watched), 3);
    expect(sockets.isFull).toBe(false);
    list.mockClear();
    for (const id of ["first", "second"]) sockets.accept(accept(), awaiting(id));
    list.mockClear();
    expect(sockets.isFull).toBe(false);
    expect(list).not.toHaveBeenCalled();
    sockets.accept(accept(), awaiting("third"));
    // All three have gone meanwhile.
    expect(sockets.isFull).toBe(false);
    expect(list).toHaveBeenCalledTimes(1);
  });
});
