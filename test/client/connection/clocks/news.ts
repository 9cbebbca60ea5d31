/** Rules for news of the network and of the page. */
import { expect } from "vitest";
import { connected } from "../../support/harness.ts";
import { connecting, fail, nextAttempt, refuse } from "./steps.ts";

export const NEWS = {
  async "news while waiting"() {
    for (const news of ["online", "network-change", "page", "reconnectNow"] as const) {
      const { hub, client, socket } = await connected();
      await hub.clock.advance(1);
      socket.closed(1006);
      expect(client.state).toBe("waiting");
      if (news === "reconnectNow") client.reconnectNow();
      else hub.comeBack(news);
      expect(client.state).toBe("connecting");
      await hub.accept();
      expect([client.state, hub.sockets.length]).toEqual(["connected", 2]);
    }
  },

  async "news while connecting"() {
    for (const news of ["online", "network-change", "page", "reconnectNow"] as const) {
      const { hub, client, states, errors, connect } = await connecting();
      const hear = () => (news === "reconnectNow" ? client.reconnectNow() : hub.comeBack(news));
      await hub.clock.advance(949);
      hear();
      await hub.clock.turn();
      expect(hub.sockets).toHaveLength(1);
      await hub.clock.advance(1);
      hear();
      await hub.clock.turn();
      expect(hub.sockets).toHaveLength(2);
      expect(hub.sockets[0]?.closedWith).toBeNull();
      // The end of the first attempt changes nothing any more.
      hub.sockets[0]?.closed(1006);
      await hub.accept();
      expect(await connect.now()).toBe("done");
      expect([states, errors]).toEqual([["connecting", "connected"], []]);
    }
  },

  async gap() {
    const world = await connecting();
    await fail(world);
    // Pauses are long by now, so that every further socket is due to news.
    await world.hub.clock.advance(300_000);
    await fail(world);
    const { hub, client } = world;
    const before = hub.sockets.length;
    for (let event = 0; event < 20; event += 1) {
      hub.comeBack(event % 2 === 0 ? "page" : "network-change");
      await hub.clock.turn();
      if (client.state === "connecting") await fail(world);
      await hub.clock.advance(200);
    }
    expect(hub.sockets).toHaveLength(before + 1);
    // A laptop that wakes shows its page first.
    hub.comeBack("online");
    await hub.clock.turn();
    expect(hub.sockets).toHaveLength(before + 2);
    hub.socket.closed(1006);
    for (let event = 0; event < 20; event += 1) hub.comeBack("online");
    client.reconnectNow();
    expect([client.state, hub.sockets.length]).toEqual(["waiting", before + 2]);
    await nextAttempt(world);
    await fail(world);
    await hub.clock.advance(501);
    expect([client.state, hub.sockets.length]).toEqual(["waiting", before + 3]);
    client.reconnectNow();
    expect(client.state).toBe("connecting");
  },

  async forget() {
    for (const news of ["online", "reconnectNow"] as const) {
      const world = await connecting();
      await fail(world);
      await world.hub.clock.advance(300_000);
      await fail(world);
      expect(Math.max(...world.hub.clock.delaysMs)).toBeGreaterThan(60_000);
      if (news === "reconnectNow") world.client.reconnectNow();
      else world.hub.comeBack(news);
      await fail(world);
      const questionMs = 5_000;
      expect(world.hub.clock.delaysMs.filter((ms) => ms !== questionMs)).toEqual([500]);
    }
    const world = await connecting();
    await fail(world);
    await world.hub.clock.advance(300_000);
    world.hub.comeBack("page");
    await fail(world);
    expect(Math.max(...world.hub.clock.delaysMs)).toBeGreaterThan(60_000);
  },

  async "hub's time"() {
    for (const news of ["online", "page", "reconnectNow", "close() and connect()"] as const) {
      const { hub, client } = await connecting();
      await refuse(hub, 503, { retry_after_ms: 60_000 });
      for (let event = 0; event < 20; event += 1) {
        await hub.clock.advance(200);
        if (news === "reconnectNow") client.reconnectNow();
        else if (news === "close() and connect()") {
          void client.close();
          client.connect().catch(() => {});
        } else hub.comeBack(news);
      }
      await hub.clock.advance(55_999);
      expect([client.state, hub.sockets.length]).toEqual(["waiting", 1]);
      await hub.clock.advance(1);
      expect([client.state, hub.sockets.length]).toEqual(["connecting", 2]);
    }
  },
};
