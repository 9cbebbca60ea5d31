/** Rules for what ends a client, and for its end. */
import { expect, vi } from "vitest";
import { connected } from "../../support/harness.ts";
import { asking, connecting, refuse } from "./steps.ts";

export const ENDS = {
  async "logged out"() {
    for (const token of [() => null, async () => null]) {
      const { hub, client, errors, connect } = await connecting({ token });
      const error = await connect.now();
      expect(error).toMatchObject({
        code: "unauthenticated",
        retryable: false,
        message: expect.stringContaining("returned null"),
      });
      expect(errors).toEqual([error]);
      expect([client.state, hub.sockets, hub.clock.delaysMs]).toEqual(["closed", [], []]);
    }
  },

  async "refused string"() {
    const { hub, connect } = await connecting();
    await refuse(hub, 401);
    expect(await connect.now()).toMatchObject({ code: "unauthenticated" });
    expect(hub.clock.delaysMs).toEqual([]);
  },

  async "refused function"() {
    const token = vi.fn<() => string>(() => "old");
    const { hub, client, connect } = await connecting({ token });
    await refuse(hub, 401);
    expect(client.state).toBe("waiting");
    await hub.clock.advance(500);
    await refuse(hub, 401);
    expect(await connect.now()).toMatchObject({ code: "unauthenticated" });
    expect(token).toHaveBeenCalledTimes(2);
  },

  async final() {
    const { hub, client, socket, errors } = await connected();
    socket.closed(4409);
    expect(errors).toMatchObject([{ code: "replaced", retryable: false }]);
    expect([client.state, hub.clock.delaysMs]).toEqual(["closed", []]);
    const refused = await connecting();
    await refuse(refused.hub, 400);
    expect(await refused.connect.now()).toMatchObject({ code: "connect-refused" });
  },

  async close() {
    const states = {
      asking: async () => await asking(),
      connecting: async () => await connecting(),
      probing: async () => {
        const world = await connected();
        void world.client.send("bob", "offer", 1).catch(() => {});
        world.client.probe();
        return world;
      },
      restarted: async () => {
        const world = await connecting();
        await world.hub.clock.advance(2_000);
        world.hub.comeBack("online");
        await world.hub.clock.turn();
        return world;
      },
    };
    for (const enter of Object.values(states)) {
      const { hub, client } = await enter();
      const closing = client.close();
      hub.socket.closed(1000);
      await closing;
      expect(hub.clock.delaysMs).toEqual([]);
      expect(hub.listensForReturns).toBe(false);
      expect(hub.questions.every(({ signal }) => signal.aborted)).toBe(true);
      const before = hub.sockets.length;
      client.reconnectNow();
      client.probe();
      await hub.clock.advance(600_000);
      expect([client.state, hub.sockets.length]).toEqual(["closed", before]);
    }
  },
};
