/** Keep-alive, reconnecting, and the closes after which the client stops. */
import { describe, expect, it } from "vitest";
import { connected, harness, Watched } from "./support/harness.ts";

const pings = (messages: readonly unknown[]) => messages.filter((message) => message === "ping");

describe("a connected client", () => {
  it("[HB3] sends the text ping at the hub's interval", async () => {
    const { hub, client } = harness();
    void client.connect();
    const socket = await hub.accept({ heartbeat_interval: 20 });
    await hub.clock.advance(19_999);
    expect(pings(socket.messages)).toEqual([]);
    await hub.clock.advance(1);
    expect(pings(socket.messages)).toEqual(["ping"]);
    socket.message("pong");
    await hub.clock.advance(20_000);
    expect(pings(socket.messages)).toHaveLength(2);
  });

  it("[HB3] reconnects if nothing answers its ping", async () => {
    const { hub, client, socket, errors } = await connected();
    await hub.clock.advance(25_000 + 9_999);
    expect(client.state).toBe("connected");
    await hub.clock.advance(1);
    expect(client.state).toBe("waiting");
    expect(errors).toMatchObject([{ code: "connection-lost", message: /pong/ }]);
    expect(socket.closedWith).toBeNull();
    await hub.clock.advance(500);
    await hub.accept();
    expect(client.state).toBe("connected");
  });

  it("accepts any message as an answer to its ping", async () => {
    const { hub, client, socket } = await connected();
    await hub.clock.advance(30_000);
    socket.sendFrame("SIGNAL_OFFER", { source_client_id: "bob", signal_data: 1 });
    await hub.clock.advance(20_000);
    expect(client.state).toBe("connected");
  });

  it("[CO2] pings at most once per second, even if the hub asks for more", async () => {
    const { hub, client } = harness();
    void client.connect();
    const socket = await hub.accept({ heartbeat_interval: 0.000_001 });
    await hub.clock.advance(999);
    expect(pings(socket.messages)).toEqual([]);
    await hub.clock.advance(1);
    expect(pings(socket.messages)).toEqual(["ping"]);
  });

  it("pings at once when the page or the network is back", async () => {
    const { hub, client, socket } = await connected();
    hub.comeBack();
    hub.comeBack();
    expect(pings(socket.messages)).toEqual(["ping"]);
    await hub.clock.advance(10_000);
    expect(client.state).toBe("waiting");
  });
});

describe("a client whose connection is lost", () => {
  it("[CL1] connects again after a random pause", async () => {
    const { hub, client, socket, states, errors } = await connected();
    hub.random = 0.5;
    socket.closed(1006);
    expect(hub.clock.delaysMs).toEqual([250]);
    await hub.clock.advance(250);
    await hub.accept();
    expect(client.state).toBe("connected");
    expect(states).toEqual(["connecting", "connected", "waiting", "connecting", "connected"]);
    expect(errors).toMatchObject([{ code: "connection-lost", closeCode: 1006, retryable: true }]);
  });

  it("calls a token function again", async () => {
    let calls = 0;
    const { hub, client } = harness({ token: () => `token-${(calls += 1)}` });
    void client.connect();
    await hub.accept();
    hub.socket.closed(1001);
    await hub.clock.advance(500);
    expect(hub.socket.protocols).toContain("bearer.token-2");
  });

  it("connects at once when the page or the network is back", async () => {
    const { hub, client, socket } = await connected();
    socket.closed(1006);
    hub.comeBack();
    expect(client.state).toBe("connecting");
    hub.comeBack();
    await hub.clock.advance(500);
    expect(hub.sockets).toHaveLength(2);
  });

  it("resolves a connect() that waits for the reconnect", async () => {
    const { hub, client, socket } = await connected();
    socket.closed(1006);
    const connecting = new Watched(client.connect());
    await hub.clock.advance(500);
    expect(connecting.outcome).toBe("pending");
    await hub.accept();
    expect(await connecting.now()).toBe("done");
  });

  it("doubles its pauses until a session has lasted ten seconds", async () => {
    const { hub, client } = await connected();
    const pausesMs: number[] = [];
    for (const lastsMs of [0, 9_999, 10_000, 0]) {
      await hub.clock.advance(lastsMs);
      hub.socket.closed(1006);
      pausesMs.push(...hub.clock.delaysMs);
      await hub.clock.advance(8_000);
      await hub.accept();
      expect(client.state).toBe("connected");
    }
    expect(pausesMs).toEqual([500, 1_000, 500, 1_000]);
  });

  it("renews its token again after a session that has lasted ten seconds", async () => {
    const { hub, client } = await connected({ token: () => "token" });
    for (let expiry = 0; expiry < 3; expiry++) {
      await hub.clock.advance(10_000);
      hub.socket.refuse(401);
      hub.socket.closed(4401);
      expect(client.state).toBe("waiting");
      await hub.clock.advance(500);
      await hub.accept();
    }
    expect(client.state).toBe("connected");
  });
});

describe("a final close of the hub", () => {
  it.each([
    [4403, "kicked"],
    [4409, "replaced"],
    [4400, "framing-lost"],
    [4413, "message-too-large"],
    [4401, "unauthenticated"],
    [1000, "closed-by-hub"],
  ])("[CL1] with code %i stops the client with the error %s", async (closeCode, code) => {
    const { client, hub, socket, errors, states } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    socket.closed(closeCode);
    expect(client.state).toBe("closed");
    expect(states.at(-1)).toBe("closed");
    expect(errors).toMatchObject([{ code, closeCode, retryable: false }]);
    expect(await sending.now()).toMatchObject({ code: "closed", cause: { code } });
    expect(hub.clock.delaysMs).toEqual([]);
    expect(hub.listensForReturns).toBe(false);
  });

  it("[SE1] is reported once, with the text of the ERROR before it", async () => {
    const { socket, errors } = await connected();
    socket.refuse(409);
    socket.closed(4409);
    expect(errors).toMatchObject([{ code: "replaced", errorCode: 409, closeCode: 4409 }]);
    expect(errors[0]?.message).toContain("text of 409");
  });
});
