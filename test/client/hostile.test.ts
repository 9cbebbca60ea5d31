/** A hub that does not keep to the protocol, and listeners that do not behave. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { concat, frame, rawFrame, uuid } from "../support/frames.ts";
import { connected, harness, Watched } from "./support/harness.ts";

const SIGNAL = { source_client_id: "bob", signal_data: 1 };

afterEach(() => vi.restoreAllMocks());

describe("what the protocol does not allow", () => {
  it.each<[string, string | Uint8Array | null]>([
    ["text", "hello"],
    ["neither text nor bytes", null],
    ["no byte", new Uint8Array()],
    ["an unknown type", frame(0x50, {})],
    ["a client's type", frame("CONNECT", {})],
    ["wrong JSON", rawFrame({ messageType: 0x10, payloadType: 0x02 }, Uint8Array.of(1, 2, 3))],
    ["a signal without source", frame("SIGNAL_OFFER", {})],
    ["an ERROR without code", frame("ERROR", {})],
    ["an ack of a stranger", frame("SIGNAL_ACK", { status: "delivered", target_client_id: "b" })],
    ["an ERROR for a stranger", frame("ERROR", { error_code: 404, error_message: "" }, uuid(99))],
    ["a second CONNECT_ACK", frame("CONNECT_ACK", { status: "success" })],
    ["HEARTBEAT_ACK, unasked", frame("HEARTBEAT_ACK", { timestamp: 1, client_timestamp: null })],
  ])("is told as bad-frame, and the session lives: %s", async (_, message) => {
    const { client, socket, errors, signals } = await connected();
    socket.message(message);
    expect(errors).toMatchObject([{ code: "bad-frame", retryable: true }]);
    expect(client.state).toBe("connected");
    socket.say("SIGNAL_OFFER", SIGNAL);
    expect(signals).toHaveLength(1);
  });

  it("[CO2] is told of a second CONNECT_ACK that is well formed, too", async () => {
    const { client, socket, errors } = await connected();
    socket.acceptConnect();
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
    expect(client.state).toBe("connected");
  });

  it("reconnects where framing is lost: answers may have been among it", async () => {
    const { client, hub, socket, errors, signals } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), Uint8Array.of(7)));
    expect(signals).toHaveLength(1);
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
    expect(client.state).toBe("waiting");
    expect(await sending.now()).toMatchObject({ code: "outcome-unknown" });
    socket.say("SIGNAL_OFFER", SIGNAL);
    expect(signals).toHaveLength(1);
  });

  it("does not begin a session: signals and foreign acks before CONNECT_ACK", async () => {
    const { client, hub, errors, signals } = harness();
    void client.connect();
    await hub.clock.turn();
    hub.socket.open();
    hub.socket.say("SIGNAL_OFFER", SIGNAL);
    hub.socket.say("CONNECT_ACK", { status: "success" }, uuid(77));
    hub.socket.say("SIGNAL_ACK", { status: "delivered", target_client_id: "bob" }, uuid(78));
    expect(errors.map(({ code }) => code)).toEqual(["bad-frame", "bad-frame", "bad-frame"]);
    expect(signals).toEqual([]);
    expect(client.state).toBe("connecting");
  });

  it("[ER2] tells of an ERROR that answers nothing", async () => {
    const { client, socket, errors } = await connected();
    socket.refuse(429);
    expect(errors).toMatchObject([{ code: "rate-limited", errorCode: 429 }]);
    expect(client.state).toBe("connected");
  });
});

describe("a listener that throws", () => {
  it("is told by an error event, and disturbs neither the others nor the session", async () => {
    const { client, socket, errors } = await connected();
    const heard: string[] = [];
    client.on("signal", () => {
      throw new Error("mine");
    });
    client.on("signal", async () => {
      throw new Error("mine, later");
    });
    client.on("signal", ({ source }) => heard.push(source));
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), frame("SIGNAL_OFFER", SIGNAL)));
    await vi.waitFor(() => expect(errors).toHaveLength(4));
    expect(heard).toEqual(["bob", "bob"]);
    expect(errors).toMatchObject([
      { code: "listener-failed", cause: { message: "mine" } },
      { code: "listener-failed", cause: { message: "mine" } },
      { code: "listener-failed", cause: { message: "mine, later" } },
      { code: "listener-failed", cause: { message: "mine, later" } },
    ]);
    expect(client.state).toBe("connected");
  });

  it("of errors is told on the console", async () => {
    const spoken = vi.spyOn(console, "error").mockImplementation(() => {});
    const { client, socket } = await connected();
    client.on("error", () => {
      throw new Error("mine");
    });
    socket.message("hello");
    expect(spoken.mock.calls).toMatchObject([[{ code: "listener-failed" }]]);
    expect(client.state).toBe("connected");
  });

  it("of states does not keep the client from connecting", async () => {
    const { client, hub, errors } = harness();
    client.on("state", () => {
      throw new Error("mine");
    });
    const connecting = new Watched(client.connect());
    await hub.accept();
    expect(await connecting.now()).toBe("done");
    expect(errors).toMatchObject([{ code: "listener-failed" }, { code: "listener-failed" }]);
  });
});

describe("a listener that turns the client about", () => {
  it("closes it at the first signal of a message: the second is not delivered", async () => {
    const { client, socket, signals } = await connected();
    client.on("signal", () => void client.close());
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), frame("SIGNAL_OFFER", SIGNAL)));
    expect(signals).toHaveLength(1);
    expect(client.state).toBe("closed");
  });

  it("closes it in the middle of connecting, at every state", async () => {
    for (const when of ["connecting", "connected", "waiting"]) {
      const { client, hub } = harness();
      client.on("state", (state) => state === when && client.close());
      const connecting = new Watched(client.connect());
      await hub.clock.turn();
      if (when !== "connecting") {
        hub.socket.open();
        hub.socket.acceptConnect();
      }
      if (when === "waiting") hub.socket.closed(1006);
      await hub.clock.advance(10_000);
      expect(client.state).toBe("closed");
      expect(hub.sockets.length).toBeLessThan(2);
      expect(hub.clock.delaysMs).toEqual([]);
      expect(connecting.outcome).not.toBe("pending");
    }
  });

  it("connects again when it has stopped, and the last state told is the present one", async () => {
    const { client, hub, socket, states } = await connected();
    client.on("error", () => void client.connect());
    socket.closed(4409);
    expect(client.state).toBe("connecting");
    expect(states.at(-1)).toBe("connecting");
    await hub.accept();
    expect(client.state).toBe("connected");
  });

  it("is gone when it has undone itself", async () => {
    const { client, socket } = await connected();
    let heard = 0;
    const off = client.on("signal", () => {
      heard += 1;
      off();
    });
    socket.say("SIGNAL_OFFER", SIGNAL);
    socket.say("SIGNAL_OFFER", SIGNAL);
    expect(heard).toBe(1);
  });
});
