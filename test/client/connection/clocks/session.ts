/** Rules for a client with a session. */
import { expect } from "vitest";
import { connected, harness } from "../../support/harness.ts";
import { dropsAfter, pings } from "./steps.ts";

export const SESSION = {
  async ping() {
    for (const [heartbeat, intervalMs] of [
      [10, 10_000],
      [25, 25_000],
      [150, 25_000],
      [0.001, 1_000],
    ] as const) {
      const { hub, client } = harness();
      void client.connect();
      const socket = await hub.accept({ heartbeat_interval: heartbeat });
      await hub.clock.advance(intervalMs - 1);
      expect(pings(socket.messages)).toBe(0);
      await hub.clock.advance(1);
      expect(pings(socket.messages)).toBe(1);
      socket.message("pong");
      await hub.clock.advance(intervalMs);
      expect(pings(socket.messages)).toBe(2);
    }
  },

  async silence() {
    const world = await connected({ pongTimeoutMs: 7_000 });
    await world.hub.clock.advance(25_000);
    await dropsAfter(world, 7_000);
    await world.hub.clock.advance(500);
    await world.hub.accept();
    expect(world.client.state).toBe("connected");
  },

  async overdue() {
    const { hub, client, socket } = await connected();
    void client.send("bob", "offer", 1).catch(() => {});
    await hub.clock.advance(2_999);
    expect(pings(socket.messages)).toBe(0);
    await hub.clock.advance(1);
    expect(pings(socket.messages)).toBe(1);
    // The hub is there, and the answer is still overdue.
    socket.message("pong");
    await hub.clock.advance(3_000);
    expect(pings(socket.messages)).toBe(2);
    await dropsAfter({ hub, client }, 5_000);
    // A signal that is answered in time causes no ping.
    const fine = await connected();
    void fine.client.send("bob", "offer", 1);
    await fine.hub.clock.advance(2_000);
    fine.socket.acknowledge(fine.socket.signals[0]);
    await fine.hub.clock.advance(20_000);
    expect(pings(fine.socket.messages)).toBe(0);
  },

  async probe() {
    const { hub, client, socket } = await connected();
    client.probe();
    client.probe();
    expect(pings(socket.messages)).toBe(1);
    await hub.clock.advance(2_000);
    client.probe();
    await dropsAfter({ hub, client }, 3_000);
    client.probe();
    expect(client.state).toBe("waiting");
    // The usual ping is under way: its answer is now due sooner.
    const late = await connected();
    await late.hub.clock.advance(26_000);
    late.client.probe();
    expect(pings(late.socket.messages)).toBe(1);
    await dropsAfter(late, 5_000);
    // A shorter pongTimeoutMs holds here, too.
    const short = await connected({ pongTimeoutMs: 2_000 });
    short.client.probe();
    await dropsAfter(short, 2_000);
    const idle = harness().client;
    idle.probe();
    expect(idle.state).toBe("idle");
  },

  async network() {
    for (const news of ["online", "network-change", "reconnectNow"] as const) {
      const { hub, client, socket } = await connected();
      if (news === "reconnectNow") client.reconnectNow();
      else hub.comeBack(news);
      expect(pings(socket.messages)).toBe(1);
      expect(client.state).toBe("connected");
      await dropsAfter({ hub, client }, 5_000);
    }
  },

  async page() {
    const world = await connected();
    world.hub.comeBack("page");
    expect(pings(world.socket.messages)).toBe(1);
    await dropsAfter(world, 10_000);
  },
};
