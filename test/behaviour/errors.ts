/** Every code of the error table, in answer to each payload type (ER1, PT6). */
import { expect, it } from "vitest";
import { ERROR_CODES, type ErrorCode } from "../../src/protocol/errors.ts";
import { binary, concat, frame, NIL, uuid, type Seen } from "../support/frames.ts";
import type { Hubs } from "../../src/hub/placement.ts";
import { connect, CONNECT_STYLES, expectAlive, expectAnswers, SIGNAL_STYLES } from "./steps.ts";
import { FRAME_BURST, matesOf, MAX_SESSIONS, type Peer, type World } from "./world.ts";

type Style = (typeof SIGNAL_STYLES)[number]["style"];

/** The uuid of the frame that the hub refuses. */
const REFUSED = uuid(0xee);

/** Makes the hub answer a frame of this style with the ERROR: it is the next message that the peer receives. */
type Provoke = (world: World, style: Style, hubs: Hubs) => Promise<Peer>;

const PROVOKED: Readonly<Record<ErrorCode, Provoke>> = {
  400: async (world, style) => provoke(await connect(world, "alice"), signalOf(style)("", REFUSED)),
  401: async (world, style) =>
    provoke(await world.open(), helloOf(style)("alice", "wrong", REFUSED)),
  403: async (world, style) => {
    const alice = await connect(world, "alice", { targets: ["bob"] });
    return provoke(alice, signalOf(style)("carol", REFUSED));
  },
  404: async (world, style) =>
    provoke(await connect(world, "alice"), signalOf(style)("nobody", REFUSED)),
  409: async (world, style) => {
    const hello = helloOf(style)("alice", await world.token("alice"));
    const [older, newer] = [await world.open(), await world.open()];
    for (const peer of [older, newer]) await expectAnswers(peer, hello, [{ type: "CONNECT_ACK" }]);
    return older;
  },
  413: async (world, style) => {
    await connect(world, "b");
    return provoke(await connect(world, "alice"), frame("SIGNAL_OFFER", LARGEST[style], REFUSED));
  },
  429: async (world, style) => {
    const alice = await connect(world, "alice");
    const beats = Array.from({ length: FRAME_BURST - 1 }, () => frame("HEARTBEAT", {}));
    await alice.send(concat(...beats, signalOf(style)("alice", REFUSED)));
    for (const _ of beats) expect(await alice.next()).toMatchObject({ type: "HEARTBEAT_ACK" });
    return alice;
  },
  500: async (world, style) => {
    await world.breakStorage();
    const hello = helloOf(style)("alice", await world.token("alice"), REFUSED);
    return provoke(await world.open(), hello);
  },
  503: async (world, style, hubs) => {
    if (hubs === "per-client") throw new Error("a hub of one client is never full");
    for (const id of matesOf("late", hubs, MAX_SESSIONS)) await connect(world, id);
    const hello = helloOf(style)("late", await world.token("late"), REFUSED);
    return provoke(await world.open("late"), hello);
  },
};

/** Payloads that fill a frame: with the source, which is longer than the target, they exceed it. */
const LARGEST: Readonly<Record<Style, object | string | Uint8Array>> = {
  JSON: {
    target_client_id: "b",
    signal_data: "x".repeat(65_535 - '{"target_client_id":"b","signal_data":""}'.length),
  },
  TEXT: `b:${"x".repeat(65_533)}`,
  BINARY: binary(["b"], new Uint8Array(65_533)),
};

const CODES = Object.keys(ERROR_CODES).map((code) => Number(code) as ErrorCode);
const STYLES = SIGNAL_STYLES.map(({ style }) => style);

export function errorsBehaviour(world: () => World, hubs: Hubs): void {
  const codes = CODES.filter((code) => code !== 503 || hubs !== "per-client");
  it.each(codes.flatMap((code) => STYLES.map((style) => ({ code, style }))))(
    "[ER1] [ER2] [PT6] sends $code in the payload type of the frame that it answers: $style",
    async ({ code, style }) => {
      const peer = await PROVOKED[code](world(), style, hubs);
      // 409 answers no frame: the hub sends it unasked, in JSON.
      const answers = code === 409 ? null : style;
      const error = (await peer.next()) as Seen;
      expect(error).toMatchObject({ type: "ERROR", uuid: answers === null ? NIL : REFUSED });
      if (answers === "TEXT") expect(error.payload).toMatch(new RegExp(`^${code}:.`));
      else {
        const error_message = expect.stringMatching(/./);
        expect(error.payload).toMatchObject({ error_code: code, error_message });
      }
    },
  );

  it.each(STYLES)("[ER3] keeps the session that sent the signal (%s)", async (style) => {
    const alice = await PROVOKED[404](world(), style, hubs);
    await alice.next();
    await expectAlive(alice, "alice");
  });
}

async function provoke(peer: Peer, refused: Uint8Array): Promise<Peer> {
  await peer.send(refused);
  return peer;
}

function signalOf(style: Style) {
  return found(SIGNAL_STYLES.find((row) => row.style === style)).signal;
}

function helloOf(style: Style) {
  return found(CONNECT_STYLES.find((row) => row.style === style)).hello;
}

function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("no such style");
  return row;
}
