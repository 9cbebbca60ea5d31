/** A hub that breaks the protocol. */
import { describe, expect, it } from "vitest";
import { concat, frame, rawFrame, uuid } from "../support/frames.ts";
import { connected, harness, Watched } from "./support/harness.ts";

const SIGNAL = { source_client_id: "bob", signal_data: 1 };

describe("a client of a hub that breaks the protocol", () => {
  it.each<[string, string | Uint8Array | null]>([
    ["a text other than pong", "hello"],
    ["a message that is neither text nor bytes", null],
    ["an empty message", new Uint8Array()],
    ["an unknown message type", frame(0x50, {})],
    ["a message type that only clients send", frame("CONNECT", {})],
    [
      "a payload that is not JSON",
      rawFrame({ messageType: 0x10, payloadType: 0x02 }, Uint8Array.of(1, 2, 3)),
    ],
    ["a signal without a source", frame("SIGNAL_OFFER", {})],
    ["an ERROR without a code", frame("ERROR", {})],
    [
      "a SIGNAL_ACK for no signal of this client",
      frame("SIGNAL_ACK", { status: "delivered", target_client_id: "b" }),
    ],
    [
      "an ERROR for no signal of this client",
      frame("ERROR", { error_code: 404, error_message: "" }, uuid(99)),
    ],
    ["a second CONNECT_ACK", frame("CONNECT_ACK", { status: "success" })],
    [
      "a HEARTBEAT_ACK without HEARTBEAT",
      frame("HEARTBEAT_ACK", { timestamp: 1, client_timestamp: null }),
    ],
  ])("reports %s as bad-frame and keeps its session", async (_, message) => {
    const { client, socket, errors, signals } = await connected();
    socket.message(message);
    expect(errors).toMatchObject([{ code: "bad-frame", retryable: true }]);
    expect(client.state).toBe("connected");
    socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    expect(signals).toHaveLength(1);
  });

  it("[CO2] reports a second, well-formed CONNECT_ACK as bad-frame", async () => {
    const { client, socket, errors } = await connected();
    socket.acceptConnect();
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
    expect(client.state).toBe("connected");
  });

  it("reconnects when framing is lost, because answers may be lost with it", async () => {
    const { client, hub, socket, errors, signals } = await connected();
    const sending = new Watched(client.send("bob", "offer", 1));
    await hub.clock.turn();
    socket.message(concat(frame("SIGNAL_OFFER", SIGNAL), Uint8Array.of(7)));
    expect(signals).toHaveLength(1);
    expect(errors).toMatchObject([{ code: "bad-frame" }]);
    expect(client.state).toBe("waiting");
    expect(await sending.now()).toMatchObject({ code: "outcome-unknown" });
    socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    expect(signals).toHaveLength(1);
  });

  it("begins no session on a signal or another's CONNECT_ACK", async () => {
    const { client, hub, errors, signals } = harness();
    void client.connect();
    await hub.clock.turn();
    hub.socket.open();
    hub.socket.sendFrame("SIGNAL_OFFER", SIGNAL);
    hub.socket.sendFrame("CONNECT_ACK", { status: "success" }, uuid(77));
    hub.socket.sendFrame("SIGNAL_ACK", { status: "delivered", target_client_id: "bob" }, uuid(78));
    expect(errors.map(({ code }) => code)).toEqual(["bad-frame", "bad-frame", "bad-frame"]);
    expect(signals).toEqual([]);
    expect(client.state).toBe("connecting");
  });

  it("[ER2] reports an ERROR that answers no frame", async () => {
    const { client, socket, errors } = await connected();
    socket.refuse(429);
    expect(errors).toMatchObject([{ code: "rate-limited", errorCode: 429 }]);
    expect(client.state).toBe("connected");
  });
});
