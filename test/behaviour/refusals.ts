import { expect, it } from "vitest";
import { binary, concat, frame, NIL, rawFrame, uuid } from "../support/frames.ts";
import {
  connect,
  error,
  errorCodeOf,
  expectAlive,
  expectAnswers,
  expectNothing,
  signalTo,
} from "./steps.ts";
import { MAX_MESSAGE_BYTES, type World } from "./world.ts";

const text = (value: string) => new TextEncoder().encode(value);
const json = (messageType: number, payload: string) =>
  rawFrame({ messageType, payloadType: 0x02 }, text(payload));
const signal = 0x10;

/** Frames that a session sends, and that are answered with 400 and their own uuid. */
const BAD_FRAMES: readonly (readonly [rule: string, what: string, bytes: Uint8Array])[] = [
  ["PT2", "PROTOBUF", rawFrame({ messageType: signal, payloadType: 0x04 }, text("x"))],
  ["PT2", "CBOR", rawFrame({ messageType: 0x04, payloadType: 0x05 }, text(""))],
  ["PT2", "payload type 0", rawFrame({ messageType: signal, payloadType: 0x00 }, text("x"))],
  ["PT3", "JSON that is none", json(signal, "{")],
  ["PT3", "a JSON array", json(signal, "[]")],
  [
    "PT3",
    "JSON in Latin-1",
    rawFrame({ messageType: signal, payloadType: 0x02 }, Uint8Array.of(0x22, 0xe9, 0x22)),
  ],
  ["PT3", "an empty JSON signal", json(signal, "")],
  ["PT4", "TEXT without a colon", frame("SIGNAL_OFFER", "bob")],
  ["PT4", "a TEXT heartbeat that is no number", frame("HEARTBEAT", "now")],
  ["PT5", "an empty BINARY signal", frame("SIGNAL_OFFER", new Uint8Array())],
  ["PT5", "a BINARY length beyond the payload", frame("SIGNAL_OFFER", Uint8Array.of(9, 97))],
  ["PT5", "a BINARY heartbeat that is not empty", frame("HEARTBEAT", Uint8Array.of(1))],
  ["ID1", "no target", json(signal, '{"signal_data":1}')],
  ["ID1", "a target of 129 characters", signalTo("x".repeat(129), 1)],
  ["ID1", "a control character in the target", signalTo("b\nob", 1)],
  ["ID1", "an empty target in TEXT", frame("SIGNAL_OFFER", ":x")],
  ["ID1", "an empty target in BINARY", frame("SIGNAL_OFFER", binary([""]))],
  ["SI1", "no signal_data", json(signal, '{"target_client_id":"bob"}')],
  ["HB1", "a timestamp that is a string", frame("HEARTBEAT", { timestamp: "1" })],
  ["DC1", "a reason that is a number", frame("DISCONNECT", { reason: 1 })],
  ["MT2", "CONNECT_ACK", frame("CONNECT_ACK", {})],
  ["MT2", "HEARTBEAT_ACK", frame("HEARTBEAT_ACK", {})],
  ["MT2", "ERROR", frame("ERROR", {})],
  ["MT2", "type 0x00", frame(0x00, {})],
  ["MT2", "SIGNAL_ACK", frame("SIGNAL_ACK", {})],
  ["MT3", "the reserved REGISTER", frame(0x20, {})],
  ["MT3", "the reserved GOAWAY", frame(0x50, {})],
];

export function refusalsBehaviour(world: () => World): void {
  it.each(BAD_FRAMES)(
    "[%s] [ER3] answers %s with 400 and keeps the session",
    async (_rule, _what, bytes) => {
      const alice = await connect(world(), "alice");
      await alice.send(bytes);
      const refused = await alice.next();
      expect(errorCodeOf(refused)).toBe(400);
      expect(refused).toMatchObject({ uuid: uuid(1) });
      await expectAlive(alice, "alice");
    },
  );

  it.each([
    ["PT3", json(0x01, "nonsense")],
    ["ID1", json(0x01, '{"client_id":7,"auth_token":"x"}')],
    ["CO1", json(0x01, '{"client_id":"alice","auth_token":""}')],
    ["CO1", json(0x01, JSON.stringify({ client_id: "alice", auth_token: "x".repeat(4097) }))],
    ["CO4", json(0x01, '{"client_id":"alice","auth_token":"x","capabilities":"ack"}')],
    ["PT2", rawFrame({ messageType: 0x01, payloadType: 0x05 }, text("x"))],
    ["PT5", frame("CONNECT", Uint8Array.of(200))],
  ] as const)(
    "[%s] answers a malformed CONNECT with 400 as often as it comes",
    async (_rule, bytes) => {
      const peer = await world().open();
      for (let n = 0; n < 4; n += 1) {
        await peer.send(bytes);
        expect(errorCodeOf(await peer.next())).toBe(400);
      }
    },
  );

  it("[FR2] answers an empty message with 400", async () => {
    const alice = await connect(world(), "alice");
    await expectAnswers(alice, new Uint8Array(), [error(400, NIL)]);
    await expectAlive(alice, "alice");
  });

  it("[FR4] handles the frames before the point where framing is lost, and drops the rest", async () => {
    const alice = await connect(world(), "alice");
    const message = concat(
      signalTo("alice", 1, uuid(2)),
      Uint8Array.of(0xab),
      signalTo("alice", 2, uuid(3)),
    );
    await expectAnswers(alice, message, [{ type: "SIGNAL_OFFER", uuid: uuid(2) }, error(400, NIL)]);
    await expectNothing(alice);
  });

  it("[FR5] answers a truncated frame with its uuid, if the uuid is complete", async () => {
    const alice = await connect(world(), "alice");
    const whole = signalTo("alice", 1, uuid(2));
    for (const [length, id] of [
      [1, NIL],
      [17, NIL],
      [18, uuid(2)],
      [20, uuid(2)],
      [whole.length - 1, uuid(2)],
    ] as const) {
      await expectAnswers(alice, whole.slice(0, length), [error(400, id)]);
    }
    await expectAlive(alice, "alice");
  });

  it("[FR6] closes with 4400 after sixteen losses of framing in a row, and counts only those in a row", async () => {
    const alice = await connect(world(), "alice");
    for (let n = 0; n < 15; n += 1) await expectAnswers(alice, Uint8Array.of(1), [error(400, NIL)]);
    await expectAlive(alice, "alice");
    for (let n = 0; n < 16; n += 1) await expectAnswers(alice, Uint8Array.of(1), [error(400, NIL)]);
    expect(await alice.closed).toBe(4400);
    expect(world().ended).toMatchObject([{ reason: "framing-lost" }]);
  });

  it("[FR6] closes with 4400 after sixteen losses in a row before CONNECT, and counts only those in a row", async () => {
    const peer = await world().open();
    const lose = async (times: number) => {
      for (let n = 0; n < times; n += 1)
        await expectAnswers(peer, Uint8Array.of(1), [error(400, NIL)]);
    };
    await lose(15);
    await expectAnswers(peer, json(0x01, "nonsense"), [error(400)]);
    await lose(15);
    const auth_token = await world().token("alice");
    const hello = frame("CONNECT", { client_id: "alice", auth_token });
    await expectAnswers(peer, hello, [{ type: "CONNECT_ACK" }]);
    await expectAlive(peer, "alice");
    const other = await world().open();
    for (let n = 0; n < 16; n += 1) await expectAnswers(other, Uint8Array.of(1), [error(400, NIL)]);
    expect(await other.closed).toBe(4400);
    expect(world().ended).toEqual([]);
  });

  it.each(["hello", "PING", ""])("[FR7] answers the text %j with 400", async (message) => {
    const alice = await connect(world(), "alice");
    await expectAnswers(alice, message, [error(400, NIL)]);
    await expectAlive(alice, "alice");
  });

  it("[FR3] answers a message over the size limit with 413 and close 4413, and closes no other connection", async () => {
    const [alice, bob] = [await connect(world(), "alice"), await connect(world(), "bob")];
    const largest = new Uint8Array(MAX_MESSAGE_BYTES);
    await expectAnswers(alice, largest, [error(400, NIL)]);
    await expectAnswers(alice, new Uint8Array(MAX_MESSAGE_BYTES + 1), [error(413, NIL)]);
    expect(await alice.closed).toBe(4413);
    await expectAlive(bob, "bob");
    expect(world().ended).toMatchObject([{ clientId: "alice", reason: "too-large" }]);
  });

  it.each([
    ["one byte", "x", 1],
    ["two bytes", "é", 2],
    ["three bytes", "日", 3],
    ["four bytes", "🦊", 4],
  ])(
    "[FR3] measures a text in bytes, at %s per character, and answers one over the size limit with 413 and close 4413",
    async (_, character, bytes) => {
      const alice = await connect(world(), "alice");
      const most = Math.floor(MAX_MESSAGE_BYTES / bytes);
      const largest = character.repeat(most) + "x".repeat(MAX_MESSAGE_BYTES - most * bytes);
      await expectAnswers(alice, largest, [error(400, NIL)]);
      await expectAlive(alice, "alice");
      await expectAnswers(alice, `${largest}x`, [error(413, NIL)]);
      expect(await alice.closed).toBe(4413);
      expect(world().ended).toMatchObject([{ clientId: "alice", reason: "too-large" }]);
    },
  );

  it.each([{ style: "JSON" }, { style: "TEXT" }])(
    "[ER4] answers a CONNECT ($style) whose session it cannot store with 500, and keeps the connection",
    async ({ style }) => {
      const bob = await connect(world(), "bob");
      await world().breakStorage();
      const peer = await world().open();
      const auth_token = await world().token("alice");
      const hello = style === "JSON" ? { client_id: "alice", auth_token } : `alice:${auth_token}`;
      await peer.send(concat(frame("CONNECT", hello, uuid(5)), frame("HEARTBEAT", {}, uuid(6))));
      const refused = await peer.next();
      expect(errorCodeOf(refused)).toBe(500);
      expect(refused).toMatchObject({ uuid: uuid(5) });
      expect(await peer.next()).toMatchObject(error(401, uuid(6)));
      await expectAlive(bob, "bob");
    },
  );

  it("[CL2] answers a close of the client with the same code", async () => {
    const alice = await connect(world(), "alice");
    await alice.close(4001);
    expect(await alice.closed).toBe(4001);
    expect(world().ended).toEqual([{ clientId: "alice", reason: "closed", messageCount: 1 }]);
  });
}
