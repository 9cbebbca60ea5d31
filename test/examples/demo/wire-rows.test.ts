/** The rows that the demo's log shows for a WebSocket message. */
import { describe, expect, it } from "vitest";
import { closeText, eventRow, messageRows } from "../../../examples/demo/wire-rows.ts";
import { frame, uuid } from "../../support/frames.ts";

function key(type: Parameters<typeof frame>[0], payload: object, at: number) {
  return messageRows("sent", frame(type, payload, uuid(at)))[0]?.key;
}

describe("the rows of a message", () => {
  it("contain no token, neither in the summary nor in the payload", () => {
    const connect = { client_id: "alice", auth_token: "the-secret", capabilities: ["ack"] };
    const [row] = messageRows("sent", frame("CONNECT", connect, uuid(1)));
    expect(row).toMatchObject({ type: "CONNECT", party: "alice", gist: "asks for ack" });
    expect(row?.payload).toContain('"auth_token": "…"');
    expect(JSON.stringify(row)).not.toContain("the-secret");
  });

  it("are one per frame, in order, and say which frames share a message", () => {
    const frames = [
      frame("SIGNAL_OFFER", { target_client_id: "bob", signal_data: 1 }),
      frame("HEARTBEAT", {}),
    ];
    const rows = messageRows("sent", Buffer.concat(frames));
    expect(rows.map(({ type, isContinued }) => [type, isContinued])).toEqual([
      ["SIGNAL_OFFER", false],
      ["HEARTBEAT", true],
    ]);
    expect(rows.map(({ bytes }) => bytes)).toEqual(frames.map(({ length }) => length));
  });

  it("name the target of a sent signal and the source of a received one", () => {
    const payload = { source_client_id: "alice", target_client_id: "bob", signal_data: 1 };
    const signal = frame("SIGNAL_OFFER", payload);
    expect(messageRows("sent", signal)[0]?.party).toBe("bob");
    expect(messageRows("received", signal)[0]?.party).toBe("alice");
  });

  it.each([
    [{ error_code: 404, error_message: "Target client not found" }, "404 Target client not found"],
    [{ status: "success", heartbeat_interval: 30 }, "success, heartbeat 30 s"],
    [{ status: "delivered" }, "delivered"],
    [
      { signal_data: { type: "offer", sdp: "v=0\r\nm=audio 9\r\nm=application 9\r\n" } },
      "offer: audio, data",
    ],
    [{ signal_data: { peer: { kind: "hello" } } }, "hello"],
    [
      { signal_data: { candidate: "candidate:1 1 udp 2122 192.0.2.1 50000 typ host" } },
      "candidate host udp 192.0.2.1:50000",
    ],
    [{ signal_data: "anything" }, ""],
  ])("summarise %j", (payload, gist) => {
    expect(messageRows("received", frame("SIGNAL_OFFER", payload))[0]?.gist).toBe(gist);
  });

  it.each([
    [true, 4409, "", "WebSocket closed: 4409 another connection took over this client id"],
    [true, 4403, "own reason", "WebSocket closed: 4403 own reason"],
    [true, 1006, "", "WebSocket closed: 1006"],
    [false, 1006, "", "WebSocket did not open: 1006"],
  ])("say what a close means: %s, %i, %j", (wasOpen, code, reason, text) => {
    expect(closeText(wasOpen, code, reason)).toBe(text);
  });

  it("have one key where they say the same again, and none where each is another", () => {
    const hello = { target_client_id: "bob", signal_data: { peer: { kind: "hello" } } };
    expect(key("SIGNAL_OFFER", hello, 1)).toBe(key("SIGNAL_OFFER", hello, 2));
    expect(key("SIGNAL_OFFER", hello, 1)).toContain("bob");
    expect(key("SIGNAL_ACK", { status: "delivered" }, 1)).toBeNull();
    expect(eventRow("WebSocket open").key).toBe("WebSocket open");
  });

  it("show text messages, unreadable bytes, invalid JSON and events", () => {
    expect(messageRows("received", "pong")).toMatchObject([{ type: "pong", bytes: 4 }]);
    expect(messageRows("received", Uint8Array.of(1, 2))).toMatchObject([
      { type: "unreadable", gist: "frame.start-byte" },
    ]);
    const notJson = frame("ERROR", {}).slice();
    notJson[notJson.length - 1] = 0;
    expect(messageRows("received", notJson)).toMatchObject([{ type: "ERROR", payload: "" }]);
    expect(eventRow("WebSocket open")).toMatchObject({ direction: "event", bytes: null });
  });
});
