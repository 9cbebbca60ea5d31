/** `send()`: each signal has one definite outcome. */
import { describe, expect, it } from "vitest";
import { connected, harness, Watched } from "./support/harness.ts";

describe("send()", () => {
  it("[SI1] resolves at SIGNAL_ACK, and not before", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", { sdp: "v=0" }));
    await hub.clock.turn();
    expect(socket.signals).toMatchObject([
      { type: "SIGNAL_OFFER", payload: { target_client_id: "bob", signal_data: { sdp: "v=0" } } },
    ]);
    expect(sending.outcome).toBe("pending");
    socket.acknowledge(socket.signals[0]);
    expect(await sending.now()).toBe("done");
  });

  it.each([
    [404, "target-absent", true],
    [403, "target-forbidden", false],
    [413, "too-large", false],
    [400, "bad-signal", false],
    [429, "rate-limited", true],
    [500, "hub-fault", true],
    [503, "hub-unavailable", true],
  ])("[ER1] [ER2] rejects at ERROR %i with %s", async (errorCode, code, retryable) => {
    const { client, hub, socket, errors } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    socket.refuse(errorCode, socket.signals[0]?.uuid, { retry_after_ms: 70 });
    expect(await sending.now()).toMatchObject({
      code,
      errorCode,
      retryable,
      target: "bob",
      retryAfterMs: 70,
      outcome: "not-delivered",
    });
    expect(errors).toEqual([]);
    expect(client.state).toBe("connected");
  });

  it("[ER2] gives each signal its own outcome when answers arrive in another order", async () => {
    const { client, hub, socket } = await connected();
    const sendings = [1, 2, 3].map((data) => new Watched(client.send("bob", "offer", data)));
    await hub.clock.turn();
    socket.acknowledge(socket.signals[2]);
    socket.refuse(404, socket.signals[0]?.uuid);
    await hub.clock.turn();
    expect(sendings.map(({ outcome }) => outcome)).toMatchObject([
      { code: "target-absent" },
      "pending",
      "done",
    ]);
  });

  it("[FR2] writes the signals of one turn as one message", async () => {
    const { client, hub, socket } = await connected();
    void client.send("bob", "offer", 1);
    await Promise.resolve();
    void client.send("bob", "ice-candidate", 2);
    void client.send("carol", "ice-candidate", 3);
    await hub.clock.turn();
    void client.send("bob", "ice-candidate", 4);
    await hub.clock.turn();
    const [, ...messages] = socket.messages;
    expect(messages.map((message) => message.length)).toEqual([3, 1]);
    expect(socket.signals.map(({ payload }) => payload)).toMatchObject(
      [1, 2, 3, 4].map((signal_data) => ({ signal_data })),
    );
  });

  it("writes an urgent signal within the call, and those before it with it", async () => {
    const { client, hub, socket } = await connected();
    void client.send("bob", "offer", 1);
    void client.send("bob", "ice-candidate", 2, { urgent: true });
    expect(socket.messages.slice(1).map((message) => message.length)).toEqual([2]);
    void client.send("bob", "ice-candidate", 3);
    await hub.clock.turn();
    expect(socket.signals.map(({ payload }) => payload)).toMatchObject(
      [1, 2, 3].map((signal_data) => ({ signal_data })),
    );
  });

  it("queues an urgent signal where there is no connection", async () => {
    const { client, hub } = harness();
    void client.connect();
    const sending = new Watched(client.send("bob", "offer", 1, { urgent: true }));
    const socket = await hub.accept();
    socket.acknowledge(socket.signals[0]);
    expect(await sending.now()).toBe("done");
  });

  it("[FR2] writes no message over 64 KiB", async () => {
    const { client, hub, socket } = await connected();
    for (let at = 0; at < 5; at++) void client.send("bob", "offer", "x".repeat(30_000));
    await hub.clock.turn();
    const [, ...messages] = socket.messages;
    expect(messages.map((message) => message.length)).toEqual([2, 2, 1]);
  });

  it("[SI8] rejects with too-large and sends nothing if the data does not fit into a frame", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", "x".repeat(65_536)));
    await hub.clock.turn();
    expect(sending.outcome).toMatchObject({ code: "too-large", target: "bob", retryable: false });
    expect(socket.signals).toEqual([]);
  });

  it("encodes the data at the call, so that later changes have no effect", async () => {
    const { client, hub, socket } = await connected();
    const data = { sdp: "before" };
    void client.send("bob", "offer", data);
    data.sdp = "after";
    await hub.clock.turn();
    expect(socket.signals[0]?.payload).toMatchObject({ signal_data: { sdp: "before" } });
  });

  it("rejects before connect() and after close()", async () => {
    const { client } = harness();
    expect(await new Watched(client.send("bob", "offer", 1)).now()).toMatchObject({
      code: "not-started",
    });
    await client.close();
    expect(await new Watched(client.send("bob", "offer", 1)).now()).toMatchObject({
      code: "closed",
    });
  });

  it("rejects after the client has stopped, and its cause says why", async () => {
    const { client, socket } = await connected();
    socket.closed(4409);
    expect(await new Watched(client.send("bob", "offer", 1)).now()).toMatchObject({
      code: "closed",
      cause: { code: "replaced" },
    });
  });
});

describe("the time-out of send()", () => {
  it("is the client's sendTimeoutMs or the call's timeoutMs", async () => {
    const { client, hub } = await connected({ sendTimeoutMs: 5_000 });
    const long = new Watched(client.send("bob", "offer", 1));
    const short = new Watched(client.send("bob", "offer", 2, { timeoutMs: 1_000 }));
    await hub.clock.advance(1_000);
    expect(long.outcome).toBe("pending");
    expect(short.outcome).toMatchObject({ code: "timed-out", outcome: "unknown", target: "bob" });
    await hub.clock.advance(4_000);
    expect(long.outcome).toMatchObject({ code: "timed-out" });
  });

  it("lets one late answer pass without an error event", async () => {
    const { client, hub, socket, errors } = await connected();
    void client.send("bob", "offer", 1, { timeoutMs: 1 }).catch(() => {});
    await hub.clock.advance(1);
    socket.acknowledge(socket.signals[0]);
    expect(errors).toEqual([]);
    socket.acknowledge(socket.signals[0]);
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
  });

  it("runs while there is no connection, and then the outcome is not-delivered", async () => {
    const { client, hub } = harness();
    void client.connect();
    const sending = new Watched(client.send("bob", "offer", 1, { timeoutMs: 100 }));
    await hub.clock.advance(100);
    expect(sending.outcome).toMatchObject({ code: "timed-out", outcome: "not-delivered" });
    await hub.accept();
    expect(hub.socket.signals).toEqual([]);
  });

  it("leaves no timer when a signal has settled", async () => {
    const { client, hub, socket } = await connected();
    const before = hub.clock.delaysMs;
    void client.send("bob", "offer", 1);
    await hub.clock.turn();
    expect(hub.clock.delaysMs).not.toEqual(before);
    socket.acknowledge(socket.signals[0]);
    expect(hub.clock.delaysMs).toEqual(before);
  });
});

describe("an AbortSignal of send()", () => {
  it("keeps the signal from leaving if it has fired already", async () => {
    const { client, hub, socket } = await connected();
    const signal = AbortSignal.abort("no");
    const sending = new Watched(client.send("bob", "offer", 1, { signal }));
    await hub.clock.turn();
    expect(sending.outcome).toMatchObject({
      code: "aborted",
      cause: "no",
      outcome: "not-delivered",
    });
    expect(socket.signals).toEqual([]);
  });

  it("rejects a written signal with an unknown outcome", async () => {
    const { client, hub } = await connected();
    const abort = new AbortController();
    const sending = new Watched(client.send("bob", "offer", 1, { signal: abort.signal }));
    await hub.clock.turn();
    abort.abort("no");
    expect(await sending.now()).toMatchObject({ code: "aborted", cause: "no", outcome: "unknown" });
  });

  it("keeps a signal from leaving that was not written yet", async () => {
    const { client, hub, socket } = await connected();
    const abort = new AbortController();
    const sending = new Watched(client.send("bob", "offer", 1, { signal: abort.signal }));
    abort.abort();
    await hub.clock.turn();
    expect(sending.outcome).toMatchObject({ code: "aborted", outcome: "not-delivered" });
    expect(socket.signals).toEqual([]);
  });
});

describe("a written signal without an answer", () => {
  it("rejects with outcome-unknown at once when the connection is lost", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    socket.closed(1006);
    expect(await sending.now()).toMatchObject({
      code: "outcome-unknown",
      outcome: "unknown",
      retryable: true,
      target: "bob",
    });
  });

  it("is sent again with the same id, before later signals, if it may be", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1, { resend: true }));
    await hub.clock.turn();
    socket.closed(1006);
    void client.send("bob", "offer", 2);
    await hub.clock.advance(500);
    const second = await hub.accept();
    expect(second.signals.map(({ payload }) => payload)).toMatchObject([
      { signal_data: 1 },
      { signal_data: 2 },
    ]);
    expect(second.signals[0]?.uuid).toBe(socket.signals[0]?.uuid);
    second.acknowledge(second.signals[0]);
    expect(await sending.now()).toBe("done");
  });

  it("ignores an answer from the lost connection", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1, { resend: true }));
    await hub.clock.turn();
    socket.closed(1006);
    await hub.clock.advance(500);
    await hub.accept();
    socket.acknowledge(socket.signals[0]);
    expect(await sending.now()).toBe("pending");
  });

  it("rejects with closed and an unknown outcome when the client is closed", async () => {
    const { client, hub } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    void client.close();
    expect(await sending.now()).toMatchObject({ code: "closed", outcome: "unknown" });
  });
});

describe("a signal without a connection", () => {
  it("waits, and leaves in order", async () => {
    const { client, hub } = harness();
    void client.connect();
    const sendings = [1, 2].map((data) => new Watched(client.send("bob", "offer", data)));
    const socket = await hub.accept();
    expect(socket.messages.slice(1).map((message) => message.length)).toEqual([2]);
    socket.signals.forEach((signal) => socket.acknowledge(signal));
    await hub.clock.turn();
    expect(sendings.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
  });

  it("rejects with queue-full if maxQueued signals wait already", async () => {
    const { client, hub } = harness({ maxQueued: 2 });
    void client.connect();
    const sendings = [1, 2, 3].map((data) => new Watched(client.send("bob", "offer", data)));
    await hub.clock.turn();
    expect(sendings.map(({ outcome }) => outcome)).toMatchObject([
      "pending",
      "pending",
      { code: "queue-full", retryable: true, outcome: "not-delivered" },
    ]);
  });

  it("rejects as not delivered when the client stops", async () => {
    const { client, hub } = harness();
    const connecting = new Watched(client.connect());
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    hub.socket.closed(4400);
    hub.socket.open();
    await hub.clock.advance(500);
    hub.socket.open();
    hub.socket.refuse(400, hub.socket.frames[0]?.uuid);
    expect(await sending.now()).toMatchObject({
      code: "closed",
      outcome: "not-delivered",
      cause: { code: "connect-refused" },
    });
    expect(await connecting.now()).toMatchObject({ code: "connect-refused" });
  });
});
