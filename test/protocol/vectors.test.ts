/** The codec against `test/vectors/frames.json`, in both directions. */
import { describe, expect, it } from "vitest";
import { faultRow, FAULTS, type Fault } from "../../src/protocol/errors.ts";
import { decodeMessage, encodeFrame, type Frame } from "../../src/protocol/frame.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { codecOf, PAYLOAD_TYPES } from "../../src/protocol/encodings/payload-types.ts";
import { formatUuid } from "../../src/protocol/uuid.ts";
import { clientId } from "../support/client-ids.ts";
import { concat, fieldsOf } from "../support/frames.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { readFrame } from "../support/read-frame.ts";
import {
  BAD_VECTORS,
  bytesOf,
  GOOD_VECTORS,
  STAMP_VECTORS,
  VECTORS,
  type StampVector,
  type VectorFrame,
} from "../support/vectors.ts";
import { stampSignal } from "../support/stamp.ts";

const FROM_CLIENTS = GOOD_VECTORS.filter(({ direction }) => direction !== "hub");

/** Every frame of a message, and the fault that ended it: of its framing, or of what its last frame says. */
function read(hex: string): { frames: Frame[]; error: { fault: Fault; uuid: string } | null } {
  const frames: Frame[] = [];
  for (const decoded of decodeMessage(fromHex(hex))) {
    if (decoded.kind === "failure") {
      const { fault, uuid } = decoded.failure;
      return { frames, error: { fault, uuid: toHex(uuid) } };
    }
    const request = readFrame(decoded.frame);
    if (!request.ok) {
      return { frames, error: { fault: request.failure, uuid: toHex(decoded.frame.uuid) } };
    }
    frames.push(decoded.frame);
  }
  return { frames, error: null };
}

function plain(frames: readonly Frame[]): unknown[] {
  return frames.map((frame) => ({
    ...fieldsOf(frame),
    uuid: toHex(frame.uuid),
    payload: toHex(frame.payload),
  }));
}

function expected(frames: readonly VectorFrame[]): unknown[] {
  return plain(frames.map(bytesOf));
}

describe("a vector of good frames", () => {
  it.each(GOOD_VECTORS)("[FR1] [FR2] is read as its frames: $name", ({ hex, frames }) => {
    const decoded = [...decodeMessage(fromHex(hex))];
    expect(decoded.map(({ kind }) => kind)).toEqual(frames.map(() => "frame"));
    const got = decoded.flatMap((item) => (item.kind === "frame" ? [item.frame] : []));
    expect(plain(got)).toEqual(expected(frames));
  });

  it.each(GOOD_VECTORS)("[FR1] [FR2] is what the frames are written as: $name", (vector) => {
    const bytes = concat(...vector.frames.map((frame) => encodeFrame(bytesOf(frame))));
    expect(toHex(bytes)).toBe(vector.hex);
  });

  it.each(FROM_CLIENTS)("[PT1] [PT3] [PT4] [PT5] is understood: $name", ({ hex, frames }) => {
    const message = read(hex);
    expect(message.error).toBeNull();
    expect(message.frames).toHaveLength(frames.length);
  });
});

describe("a vector with a fault", () => {
  it.each(BAD_VECTORS)(
    "[FR4] [FR5] [PT2] [ER1] is refused as $error.fault, and the frames before it stand: $name",
    ({ hex, error }) => {
      const message = read(hex);
      expect(message.error).toEqual({ fault: error.fault, uuid: error.uuid.replaceAll("-", "") });
      expect(plain(message.frames)).toEqual(expected(error.frames));
      expect(faultRow(error.fault).code).toBe(error.code);
    },
  );
});

describe("a vector of a stamp", () => {
  it.each(stampsOf(0x02))("[SI2] [SI5] JSON: $name", expectStamp);
  it.each(stampsOf(0x03))("[SI3] [SI5] [ID2] TEXT: $name", expectStamp);
  it.each(stampsOf(0x01))("[SI4] [SI5] [ID3] BINARY: $name", expectStamp);
});

function stampsOf(payloadType: number): StampVector[] {
  return STAMP_VECTORS.filter(({ hex }) => fromHex(hex)[18] === payloadType);
}

function expectStamp({ hex, stamp }: StampVector): void {
  const [frame] = read(hex).frames;
  if (frame === undefined) throw new Error("the vector holds no frame that can be read");
  const codec = codecOf(frame.payloadType);
  const request = codec?.decodeSignal(frame.payload);
  if (!codec || !request?.ok) throw new Error("the vector holds no signal");
  const stamped = stampSignal(codec, request.value, clientId(stamp.source));
  if (stamped.ok) {
    expect(toHex(encodeFrame({ ...fieldsOf(frame), payload: stamped.value }))).toBe(stamp.hex);
  } else {
    const fault = stamped.failure;
    const uuid = formatUuid(frame.uuid);
    expect({ fault, code: faultRow(fault).code, uuid }).toEqual(stamp.error);
  }
}

describe("the vectors together", () => {
  it("have unique names", () => {
    const names = VECTORS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it("show every fault that one message can hold", () => {
    const faults = (Object.keys(FAULTS) as Fault[])
      .filter((fault) => /^(frame|payload|type)\.|^message\.empty$/.test(fault))
      // A fault that closes counts messages: `frame.lost` is the hub's.
      .filter((fault) => faultRow(fault).close === undefined);
    const shown = new Set(BAD_VECTORS.map(({ error }) => error.fault));
    expect([...shown].toSorted()).toEqual(faults.toSorted());
  });

  it("show every message type in every payload type that can say it", () => {
    const sayable = Object.entries(MESSAGE_TYPES).flatMap(([type]) =>
      Object.entries(PAYLOAD_TYPES)
        .filter(([name, { codec }]) => codec !== null && !UNSAYABLE.has(`${type} ${name}`))
        .map(([name]) => `${type} ${name}`),
    );
    const shown = GOOD_VECTORS.flatMap(({ frames }) =>
      frames.map((frame) => `${frame.type} ${frame.payload_type}`),
    );
    expect([...new Set(shown)].toSorted()).toEqual(sayable.toSorted());
  });
});

/** PT6: BINARY says no answer of the hub; HB1: HEARTBEAT_ACK is JSON. */
const UNSAYABLE: ReadonlySet<string> = new Set([
  "CONNECT_ACK BINARY",
  "SIGNAL_ACK BINARY",
  "ERROR BINARY",
  "HEARTBEAT_ACK BINARY",
  "HEARTBEAT_ACK TEXT",
  "SIGNAL_ACK BINARY",
]);
