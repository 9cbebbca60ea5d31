/** From `connect()` to a session, and what can fail on the way. */
import { describe, expect, it, vi } from "vitest";
import { harness, Watched } from "./support/harness.ts";

describe("connect()", () => {
  it("[UP2] [CO1] puts the token into a subprotocol, not into the URL, and sends CONNECT without it", async () => {
    const { hub, client } = harness({ url: "wss://hub.test/?x=1", clientId: "al ice" });
    void client.connect();
    await hub.clock.turn();
    expect(hub.socket.url.href).toBe("wss://hub.test/?x=1&client_id=al+ice");
    expect(hub.socket.protocols).toEqual(["signal-manager", "bearer.token"]);
    expect(hub.socket.messages).toEqual([]);
    hub.socket.open();
    expect(hub.socket.frames).toMatchObject([
      { type: "CONNECT", payload: { client_id: "al ice", capabilities: ["ack", "batch"] } },
    ]);
    expect(hub.socket.frames[0]?.payload).not.toHaveProperty("auth_token");
  });

  it("[CO2] resolves at CONNECT_ACK", async () => {
    const { hub, client, states, errors } = harness();
    expect(client.state).toBe("idle");
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.open();
    expect(await connecting.now()).toBe("pending");
    hub.socket.acceptConnect();
    expect(await connecting.now()).toBe("done");
    expect(client.state).toBe("connected");
    expect(states).toEqual(["connecting", "connected"]);
    expect(errors).toEqual([]);
    expect(await new Watched(client.connect()).now()).toBe("done");
    expect(hub.sockets).toHaveLength(1);
  });

  it("shares one attempt with a second call", async () => {
    const { hub, client } = harness();
    const calls = [new Watched(client.connect()), new Watched(client.connect())];
    await hub.accept();
    expect(calls.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
    expect(hub.sockets).toHaveLength(1);
  });

  it("[CO4] refuses a hub that does not grant ack", async () => {
    const { hub, client } = harness();
    const connecting = new Watched(client.connect());
    await hub.accept({ capabilities: [] });
    expect(await connecting.now()).toMatchObject({ code: "hub-too-old", retryable: false });
    expect(client.state).toBe("closed");
    expect(hub.socket.closedWith).toBeNull();
    expect(hub.clock.delaysMs).toEqual([]);
  });

  it("[CO5] rejects with unauthenticated if the hub refuses the token", async () => {
    const { hub, client, errors, states } = harness();
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.open();
    hub.socket.refuse(401, hub.socket.frames[0]?.uuid);
    const error = await connecting.now();
    expect(error).toMatchObject({ code: "unauthenticated", errorCode: 401, retryable: false });
    expect(errors).toEqual([error]);
    expect(states).toEqual(["connecting", "closed"]);
    expect(hub.clock.delaysMs).toEqual([]);
  });

  it("[SE3] calls a token function once more after a refusal", async () => {
    const tokens = ["old", "new"];
    const { hub, client } = harness({ token: () => tokens.shift() ?? "none" });
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.open();
    hub.socket.refuse(401, hub.socket.frames[0]?.uuid);
    expect(client.state).toBe("waiting");
    await hub.clock.advance(500);
    expect(hub.socket.protocols).toContain("bearer.new");
    await hub.accept();
    expect(await connecting.now()).toBe("done");
  });

  it("[CL1] stops the client if the hub refuses the second token in a row", async () => {
    const { hub, client } = harness({ token: async () => "bad" });
    const connecting = new Watched(client.connect());
    for (let attempt = 0; attempt < 2; attempt++) {
      await hub.clock.advance(500);
      hub.socket.open();
      hub.socket.refuse(401, hub.socket.frames[0]?.uuid);
    }
    expect(await connecting.now()).toMatchObject({ code: "unauthenticated" });
    expect(hub.sockets).toHaveLength(2);
  });

  it("retries an unreachable hub, with the token in CONNECT in every other attempt", async () => {
    const { hub, client, errors } = harness();
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.closed(1006);
    expect(errors).toMatchObject([{ code: "unreachable", retryable: true }]);
    expect(errors[0]?.message).toMatch(/unreachable.*credentials/);
    expect(client.state).toBe("waiting");
    await hub.clock.advance(500);
    expect(hub.socket.protocols).toEqual(["signal-manager"]);
    await hub.accept();
    expect(hub.socket.frames[0]?.payload).toMatchObject({ auth_token: "token" });
    expect(await connecting.now()).toBe("done");
  });

  it("[UP2] learns from the token in CONNECT that the hub refuses it", async () => {
    const { hub, client } = harness();
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.closed(1006);
    await hub.clock.advance(500);
    hub.socket.open();
    hub.socket.refuse(401, hub.socket.frames[0]?.uuid);
    expect(await connecting.now()).toMatchObject({ code: "unauthenticated" });
  });

  it("doubles its pauses up to eight seconds", async () => {
    const { hub, client } = harness();
    void client.connect();
    const pausesMs: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      await hub.clock.turn();
      hub.socket.closed(1006);
      pausesMs.push(hub.clock.delaysMs[0]);
      await hub.clock.advance(8_000);
    }
    expect(pausesMs).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  it("[CO10] waits as long as a full hub asks, up to five minutes", async () => {
    const { hub, client, errors } = harness();
    void client.connect();
    for (const [retryAfterMs, pauseMs] of [
      [2_000, 2_500],
      [1e12, 301_000],
    ]) {
      await hub.clock.turn();
      hub.socket.open();
      hub.socket.refuse(503, hub.socket.frames[0]?.uuid, { retry_after_ms: retryAfterMs });
      expect(hub.clock.delaysMs).toEqual([pauseMs]);
      await hub.clock.advance(pauseMs ?? 0);
    }
    expect(errors).toMatchObject([{ code: "hub-unavailable" }, { code: "hub-unavailable" }]);
  });

  it("[CO6] stops the client if the hub refuses CONNECT with 400", async () => {
    const { hub, client } = harness();
    const connecting = new Watched(client.connect());
    await hub.clock.turn();
    hub.socket.open();
    hub.socket.refuse(400, hub.socket.frames[0]?.uuid);
    expect(await connecting.now()).toMatchObject({ code: "connect-refused", errorCode: 400 });
  });

  it("gives up an attempt after connectTimeoutMs", async () => {
    const { hub, client, errors } = harness({ connectTimeoutMs: 1_000 });
    void client.connect();
    await hub.clock.advance(999);
    expect(errors).toEqual([]);
    await hub.clock.advance(1);
    expect(errors).toMatchObject([{ code: "unreachable" }]);
    expect(hub.socket.closedWith).toBeNull();
    expect(client.state).toBe("waiting");
  });

  it("stops the client if the platform refuses the URL", async () => {
    const { hub, client } = harness();
    hub.refusesUrl = new TypeError("ws: from an https: page");
    const error = await new Watched(client.connect()).now();
    expect(error).toMatchObject({ code: "bad-option", cause: hub.refusesUrl });
  });

  it("reports a token function that throws, and calls it again", async () => {
    const tokens = vi.fn<() => Promise<string>>();
    tokens
      .mockRejectedValueOnce(new Error("offline"))
      .mockResolvedValueOnce("")
      .mockResolvedValue("token");
    const { hub, client, errors } = harness({ token: tokens });
    const connecting = new Watched(client.connect());
    await hub.clock.advance(2_000);
    expect(errors).toMatchObject([
      { code: "token-failed", cause: expect.objectContaining({ message: "offline" }) },
      { code: "token-failed" },
    ]);
    await hub.accept();
    expect(await connecting.now()).toBe("done");
  });

  it("aborts the token function's signal when the attempt is over", async () => {
    const signals: AbortSignal[] = [];
    const { hub, client } = harness({
      connectTimeoutMs: 1_000,
      token: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    void client.connect();
    await hub.clock.turn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await hub.clock.advance(1_000);
    expect(signals[0]?.aborted).toBe(true);
    expect(hub.sockets).toEqual([]);
  });

  it("ignores a token that arrives after close()", async () => {
    const late = Promise.withResolvers<string>();
    const token = () => late.promise;
    const { hub, client } = harness({ token });
    const connecting = new Watched(client.connect());
    await client.close();
    late.resolve("token");
    await hub.clock.turn();
    expect(hub.sockets).toEqual([]);
    expect(await connecting.now()).toMatchObject({ code: "closed" });
  });
});

describe("an AbortSignal of connect()", () => {
  it("starts nothing if it has fired already", async () => {
    const { hub, client } = harness();
    const error = await new Watched(client.connect({ signal: AbortSignal.abort("no") })).now();
    expect(error).toMatchObject({ code: "aborted", cause: "no" });
    expect(client.state).toBe("idle");
    expect(hub.listensForReturns).toBe(false);
  });

  it("closes the client if its call began to connect", async () => {
    const { hub, client } = harness();
    const abort = new AbortController();
    const connecting = new Watched(client.connect({ signal: abort.signal }));
    await hub.clock.turn();
    abort.abort("no");
    expect(await connecting.now()).toMatchObject({ code: "aborted", cause: "no" });
    expect(client.state).toBe("closed");
    expect(hub.socket.closedWith).toBe(1000);
  });

  it("does not close a client that another call began to connect", async () => {
    const { hub, client } = harness();
    const first = new Watched(client.connect());
    const abort = new AbortController();
    const second = new Watched(client.connect({ signal: abort.signal }));
    abort.abort();
    expect(await second.now()).toMatchObject({ code: "aborted" });
    await hub.accept();
    expect(await first.now()).toBe("done");
  });

  it("does nothing once there is a session", async () => {
    const { hub, client } = harness();
    const abort = new AbortController();
    const connecting = client.connect({ signal: abort.signal });
    await hub.accept();
    await connecting;
    abort.abort();
    expect(client.state).toBe("connected");
  });
});
