/** The frames wire against `test/vectors/frames.json`, in both directions. */
import { describe, expect, it } from "vitest";
import { PAYLOAD_TYPES } from "../../src/protocol/encodings/payload-types.ts";
import { faultRow, FAULTS, type Fault } from "../../src/protocol/errors.ts";
import { encodeFrame, type Frame } from "../../src/protocol/frame.ts";
import { signalRequest } from "../../src/protocol/messages/signal.ts";
import { MESSAGE_TYPES } from "../../src/protocol/messages/table.ts";
import { formatUuid } from "../../src/protocol/uuid.ts";
import { framesWire } from "../../src/wires/frames.ts";
import type { Inbound, InboundRequest } from "../../src/wires/wire.ts";
import { clientId } from "../support/client-ids.ts";
import { concat, fieldsOf } from "../support/frames.ts";
import { fromHex, toHex } from "../support/hex.ts";
import { readRequest } from "../support/read-frame.ts";
import {
  BAD_VECTORS,
  bytesOf,
  GOOD_VECTORS,
  STAMP_VECTORS,
  VECTORS,
  type StampVector,
  type VectorFrame,
} from "../support/vectors.ts";

const FROM_CLIENTS = GOOD_VECTORS.filter(({ direction }) => direction !== "hub");

/** Everything that a WebSocket message holds, in order. */
function inboundsOf(hex: string): Inbound[] {
  const message = fromHex(hex);
  const inbounds = [framesWire.read(message, 0)];
  for (let end = inbounds[0]?.end ?? 0; end < message.length; end = inbounds.at(-1)?.end ?? end) {
    inbounds.push(framesWire.read(message, end));
  }
  return inbounds;
}

/** The requests of a message, and the fault that ended it: of its framing, or of what its last request says. */
function read(hex: string): {
  frames: InboundRequest[];
  error: { fault: Fault; uuid: string } | null;
} {
  const frames: InboundRequest[] = [];
  for (const inbound of inboundsOf(hex)) {
    if (inbound.kind === "unreadable") {
      const { fault, replyTo } = inbound;
      return { frames, error: { fault, uuid: toHex(replyTo.uuid) } };
    }
    const said = readRequest(inbound.request);
    if (!said.ok) {
      return { frames, error: { fault: said.failure, uuid: toHex(inbound.request.uuid) } };
    }
    frames.push(inbound.request);
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

describe("A golden vector of good frames", () => {
  it.each(GOOD_VECTORS)(
    "[FR1] [FR2] is read as the frames that it lists: $name",
    ({ hex, frames }) => {
      const inbounds = inboundsOf(hex);
      expect(inbounds.map(({ kind }) => kind)).toEqual(frames.map(() => "request"));
      const got = inbounds.flatMap((item) => (item.kind === "request" ? [item.request] : []));
      expect(plain(got)).toEqual(expected(frames));
    },
  );

  it.each(GOOD_VECTORS)("[FR1] [FR2] is what its frames are written as: $name", (vector) => {
    const bytes = concat(...vector.frames.map((frame) => encodeFrame(bytesOf(frame))));
    expect(toHex(bytes)).toBe(vector.hex);
  });

  it.each(FROM_CLIENTS)(
    "[PT1] [PT3] [PT4] [PT5] is a good request in each of its frames: $name",
    ({ hex, frames }) => {
      const message = read(hex);
      expect(message.error).toBeNull();
      expect(message.frames).toHaveLength(frames.length);
    },
  );
});

describe("A golden vector with a fault", () => {
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

describe("A golden vector of a stamp", () => {
  it.each(stampsOf(0x02))(
    "[SI2] [SI5] is what the target of a JSON signal receives: $name",
    expectStamp,
  );
  it.each(stampsOf(0x03))(
    "[SI3] [SI5] [ID2] is what the target of a TEXT signal receives: $name",
    expectStamp,
  );
  it.each(stampsOf(0x01))(
    "[SI4] [SI5] [ID3] is what the target of a BINARY signal receives: $name",
    expectStamp,
  );
});

function stampsOf(payloadType: number): StampVector[] {
  return STAMP_VECTORS.filter(({ hex }) => fromHex(hex)[18] === payloadType);
}

function expectStamp({ hex, stamp }: StampVector): void {
  const [frame] = read(hex).frames;
  if (frame === undefined) throw new Error("the vector holds no frame that can be read");
  const signal = framesWire.decode(frame, signalRequest);
  if (!signal.ok) throw new Error("the vector holds no signal");
  const stamped = framesWire.stamp(frame, signal.value, clientId(stamp.source));
  if (stamped.ok) {
    expect(toHex(stamped.value)).toBe(stamp.hex);
  } else {
    const fault = stamped.failure;
    const uuid = formatUuid(frame.uuid);
    expect({ fault, code: faultRow(fault).code, uuid }).toEqual(stamp.error);
  }
}

describe("The golden vectors together", () => {
  it("have unique names", () => {
    const names = VECTORS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it("show every fault that a single message can have", () => {
    const faults = (Object.keys(FAULTS) as Fault[])
      .filter((fault) => /^(frame|payload|type)\.|^message\.empty$/.test(fault))
      // A fault that closes needs several messages: `frame.lost` is the hub's to find.
      .filter((fault) => faultRow(fault).close === undefined);
    const shown = new Set(BAD_VECTORS.map(({ error }) => error.fault));
    expect([...shown].toSorted()).toEqual(faults.toSorted());
  });

  it("show every message type in every payload type that can express it", () => {
    const sayable = Object.entries(MESSAGE_TYPES).flatMap(([type]) =>
      Object.entries(PAYLOAD_TYPES)
        .filter(([name, { isSupported }]) => isSupported && !UNSAYABLE.has(`${type} ${name}`))
        .map(([name]) => `${type} ${name}`),
    );
    const shown = GOOD_VECTORS.flatMap(({ frames }) =>
      frames.map((frame) => `${frame.type} ${frame.payload_type}`),
    );
    expect([...new Set(shown)].toSorted()).toEqual(sayable.toSorted());
  });
});

/** BINARY says no answer of the hub (PT6), and HEARTBEAT_ACK is always JSON (HB1). */
const UNSAYABLE: ReadonlySet<string> = new Set([
  "CONNECT_ACK BINARY",
  "SIGNAL_ACK BINARY",
  "ERROR BINARY",
  "HEARTBEAT_ACK BINARY",
  "HEARTBEAT_ACK TEXT",
]);
