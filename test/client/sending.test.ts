/** `send`: one definite outcome each. */
import { describe, expect, it } from "vitest";
import { connected, harness, Watched } from "./support/harness.ts";

describe("send()", () => {
  it("[SI1] resolves at SIGNAL_ACK, not before", async () => {
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

  it("[ER2] gives each signal its own outcome, in any order", async () => {
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

  it("[FR2] writes what is sent in one turn as one message", async () => {
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

  it("[FR2] writes no message over 64 KiB", async () => {
    const { client, hub, socket } = await connected();
    for (let at = 0; at < 5; at++) void client.send("bob", "offer", "x".repeat(30_000));
    await hub.clock.turn();
    const [, ...messages] = socket.messages;
    expect(messages.map((message) => message.length)).toEqual([2, 2, 1]);
  });

  it("[SI8] sends nothing of data too large for a frame", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", "x".repeat(65_536)));
    await hub.clock.turn();
    expect(sending.outcome).toMatchObject({ code: "too-large", target: "bob", retryable: false });
    expect(socket.signals).toEqual([]);
  });

  it("says data as it is at the call, whatever becomes of it", async () => {
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

  it("rejects after the client has stopped, and says why it has", async () => {
    const { client, socket } = await connected();
    socket.closed(4409);
    expect(await new Watched(client.send("bob", "offer", 1)).now()).toMatchObject({
      code: "closed",
      cause: { code: "replaced" },
    });
  });
});

describe("the time-out of send()", () => {
  it("is the client's, or the call's own", async () => {
    const { client, hub } = await connected({ sendTimeoutMs: 5_000 });
    const long = new Watched(client.send("bob", "offer", 1));
    const short = new Watched(client.send("bob", "offer", 2, { timeoutMs: 1_000 }));
    await hub.clock.advance(1_000);
    expect(long.outcome).toBe("pending");
    expect(short.outcome).toMatchObject({ code: "timed-out", outcome: "unknown", target: "bob" });
    await hub.clock.advance(4_000);
    expect(long.outcome).toMatchObject({ code: "timed-out" });
  });

  it("takes the late answer for no stranger's", async () => {
    const { client, hub, socket, errors } = await connected();
    void client.send("bob", "offer", 1, { timeoutMs: 1 }).catch(() => {});
    await hub.clock.advance(1);
    socket.acknowledge(socket.signals[0]);
    expect(errors).toEqual([]);
    socket.acknowledge(socket.signals[0]);
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
  });

  it("goes on while there is no connection: what was never written was not delivered", async () => {
    const { client, hub } = harness();
    void client.connect();
    const sending = new Watched(client.send("bob", "offer", 1, { timeoutMs: 100 }));
    await hub.clock.advance(100);
    expect(sending.outcome).toMatchObject({ code: "timed-out", outcome: "not-delivered" });
    await hub.accept();
    expect(hub.socket.signals).toEqual([]);
  });

  it("leaves no timer behind a settled signal", async () => {
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
  it("that has fired sends nothing", async () => {
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

  it("ends the waiting, of a written signal with an unknown outcome", async () => {
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

describe("signals on their way when the connection is lost", () => {
  it("have an unknown outcome, at once", async () => {
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

  it("are sent again if they may be, before what was sent meanwhile, with the same id", async () => {
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

  it("take no answer of the connection that is gone", async () => {
    const { client, hub, socket } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1, { resend: true }));
    await hub.clock.turn();
    socket.closed(1006);
    await hub.clock.advance(500);
    await hub.accept();
    socket.acknowledge(socket.signals[0]);
    expect(await sending.now()).toBe("pending");
  });

  it("are closed with the client: written ones have an unknown outcome", async () => {
    const { client, hub } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    void client.close();
    expect(await sending.now()).toMatchObject({ code: "closed", outcome: "unknown" });
  });

  it("[DC1] leave before DISCONNECT, if they were sent before close()", async () => {
    const { client, socket } = await connected();
    void client.send("bob", "ice-candidate", "bye").catch(() => {});
    void client.close();
    expect(socket.frames.map(({ type }) => type)).toEqual([
      "CONNECT",
      "SIGNAL_ICE_CANDIDATE",
      "DISCONNECT",
    ]);
  });
});

describe("signals while there is no connection", () => {
  it("wait, in order", async () => {
    const { client, hub } = harness();
    void client.connect();
    const sendings = [1, 2].map((data) => new Watched(client.send("bob", "offer", data)));
    const socket = await hub.accept();
    expect(socket.messages.slice(1).map((message) => message.length)).toEqual([2]);
    socket.signals.forEach((signal) => socket.acknowledge(signal));
    await hub.clock.turn();
    expect(sendings.map(({ outcome }) => outcome)).toEqual(["done", "done"]);
  });

  it("wait in a queue of a bounded length", async () => {
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

  it("are not delivered where the client stops", async () => {
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
