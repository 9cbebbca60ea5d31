/** `close()`: from any state, and back. */
import { describe, expect, it } from "vitest";
import { connected, harness, Watched } from "./support/harness.ts";

const ignore = () => {};

/** An AbortSignal that never fires, and how many listeners it has. */
function countedSignal() {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const spied = Object.assign(signal, {
    addEventListener: (_: string, listener: unknown) => void listeners.add(listener),
    removeEventListener: (_: string, listener: unknown) => void listeners.delete(listener),
  });
  return { signal: spied, listeners: () => listeners.size };
}

describe("close()", () => {
  it("[DC1] sends DISCONNECT, closes with 1000, and resolves when the socket has closed", async () => {
    const { client, socket, states } = await connected();
    const closing = new Watched(client.close());
    expect(client.state).toBe("closed");
    expect(socket.frames.at(-1)).toMatchObject({ type: "DISCONNECT" });
    expect(socket.closedWith).toBe(1000);
    expect(await closing.now()).toBe("pending");
    socket.closed(1000);
    expect(await closing.now()).toBe("done");
    expect(states).toEqual(["connecting", "connected", "closed"]);
  });

  it("[DC1] sends DISCONNECT after the signals that were sent before it", async () => {
    const { client, socket } = await connected();
    void client.send("bob", "ice-candidate", "bye").catch(() => {});
    void client.close();
    expect(socket.frames.map(({ type }) => type)).toEqual([
      "CONNECT",
      "SIGNAL_ICE_CANDIDATE",
      "DISCONNECT",
    ]);
  });

  it("waits no longer than two seconds for the socket to close", async () => {
    const { client, hub } = await connected();
    const closing = new Watched(client.close());
    await hub.clock.advance(2_000);
    expect(closing.outcome).toBe("done");
    expect(hub.clock.delaysMs).toEqual([]);
  });

  it("leaves no timer and no listener, in any state", async () => {
    for (const until of ["idle", "connecting", "waiting", "connected"]) {
      const { hub, client } = harness();
      if (until !== "idle") void client.connect().catch(() => {});
      if (until !== "idle") await hub.clock.turn();
      if (until === "waiting") hub.socket.closed(1006);
      if (until === "connected") await hub.accept();
      expect(client.state).toBe(until);
      const closing = client.close();
      if (until === "connecting" || until === "connected") hub.socket.closed(1000);
      await closing;
      expect(hub.clock.delaysMs).toEqual([]);
      expect(hub.listensForReturns).toBe(false);
      await client.close();
    }
  });

  it("leaves no timer and no listener of an AbortSignal, whatever was going on", async () => {
    const { client, hub, socket } = await connected();
    const { signal, listeners } = countedSignal();
    void client.connect({ signal }).catch(ignore);
    for (const urgent of [true, false]) {
      void client.send("bob", "offer", 1, { signal, urgent, resend: urgent }).catch(ignore);
    }
    const reading = client.signals({ signal }).next();
    expect(listeners()).toBe(3);
    socket.closed(1006);
    void client.connect({ signal }).catch(ignore);
    void client.send("bob", "offer", 2, { signal }).catch(ignore);
    await client.close();
    await reading;
    expect(listeners()).toBe(0);
    expect(hub.clock.delaysMs).toEqual([]);
    expect(hub.listensForReturns).toBe(false);
  });

  it("runs at the end of an `await using` block", async () => {
    const { client, socket } = await connected();
    {
      await using mine = client;
      expect(mine.state).toBe("connected");
      socket.closed(1000);
      // The hub has closed it already, so closing again does nothing.
    }
    expect(client.state).toBe("closed");
  });

  it("lets connect() start over", async () => {
    const { client, hub } = await connected();
    void client.close();
    const again = new Watched(client.connect());
    await hub.accept();
    expect(await again.now()).toBe("done");
    expect(hub.sockets).toHaveLength(2);
  });
});
