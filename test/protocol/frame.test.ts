import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeFrame, type Frame } from "../../src/protocol/frame.ts";
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from "../../src/protocol/limits.ts";
import { concat, fieldsOf, frame, NIL, uuid, uuidBytes } from "../support/frames.ts";
import { fromHex, toHex } from "../support/hex.ts";

/** The frames of a message as their uuids, and its failure as fault and uuid. */
function outline(message: Uint8Array): unknown[] {
  return [...decodeMessage(message)].map((decoded) =>
    decoded.kind === "frame"
      ? toHex(decoded.frame.uuid)
      : [decoded.failure.fault, toHex(decoded.failure.uuid)],
  );
}

/** @throws if framing is lost. */
function framesOf(message: Uint8Array): Frame[] {
  return [...decodeMessage(message)].map((decoded) => {
    if (decoded.kind === "failure") throw new Error(decoded.failure.fault);
    return fieldsOf(decoded.frame);
  });
}

const hexOf = (id: string) => id.replaceAll("-", "");

describe("A header", () => {
  it("[FR1] is 21 bytes: start byte, type, uuid, payload type, and the length in big-endian", () => {
    const bytes = encodeFrame({
      messageType: 0x10,
      uuid: uuidBytes("00112233-4455-6677-8899-aabbccddeeff"),
      payloadType: 0x01,
      payload: new Uint8Array(0x0102).fill(0x5a),
    });
    expect(toHex(bytes)).toBe(`aa1000112233445566778899aabbccddeeff010102${"5a".repeat(0x0102)}`);
  });

  it("[FR1] may carry any type and payload type, known or not", () => {
    const hex = `aa0600112233445566778899aabbccddeeff990000`;
    const [decoded] = decodeMessage(fromHex(hex));
    expect(decoded).toMatchObject({
      kind: "frame",
      frame: { messageType: 6, payloadType: 0x99, payload: new Uint8Array() },
    });
  });

  it("[FR1] is read even if its bytes lie inside a larger buffer", () => {
    const bytes = concat(Uint8Array.of(1, 2, 3), frame("HEARTBEAT", "7"), Uint8Array.of(4, 5));
    expect(outline(bytes.subarray(3, -2))).toEqual([hexOf(uuid(1))]);
  });
});

describe("A payload", () => {
  const uuidOf1 = uuidBytes(uuid(1));
  const maxFrame = { messageType: 0x10, uuid: uuidOf1, payloadType: 1 };

  it("[FR1] of 65,535 bytes makes the largest frame, 65,556 bytes", () => {
    const payload = new Uint8Array(65_535).fill(0xaa);
    const bytes = encodeFrame({ ...maxFrame, payload });
    expect(bytes).toHaveLength(65_556);
    expect([...bytes.subarray(19, 21)]).toEqual([0xff, 0xff]);
    expect(framesOf(bytes)).toEqual([{ ...maxFrame, payload }]);
  });

  it("[FR1] of 65,536 bytes is refused with a RangeError, since it is a bug of ours", () => {
    const payload = new Uint8Array(65_536);
    expect(() => encodeFrame({ ...maxFrame, payload })).toThrow(
      new RangeError("A payload is at most 65535 bytes, got 65536"),
    );
  });

  it.each([0, 15, 17])(
    "[FR1] beside a uuid of %i bytes is refused with a RangeError, since it is a bug of ours",
    (length) => {
      const broken = { ...maxFrame, uuid: new Uint8Array(length), payload: new Uint8Array() };
      expect(() => encodeFrame(broken)).toThrow(
        new RangeError(`A uuid is 16 bytes, got ${length}`),
      );
    },
  );
});

describe("A message", () => {
  it("[FR2] holds its frames back to back, in order", () => {
    const frames = [1, 2, 3].map((n) => frame("SIGNAL_OFFER", `bob:${n}`, uuid(n)));
    expect(outline(concat(...frames))).toEqual([1, 2, 3].map((n) => hexOf(uuid(n))));
  });

  it("[FR2] without a byte has a fault of its own", () => {
    expect(outline(new Uint8Array())).toEqual([["message.empty", hexOf(NIL)]]);
  });

  it("[FR3] may be 1,048,576 bytes of nothing but the smallest frames", () => {
    expect(MAX_MESSAGE_BYTES).toBe(1_048_576);
    const smallest = frame("HEARTBEAT", new Uint8Array());
    const count = Math.floor(MAX_MESSAGE_BYTES / HEADER_BYTES);
    const message = concat(...Array.from({ length: count }, () => smallest));
    expect(outline(message)).toHaveLength(49_932);
  });

  it("[FR4] [FR5] that is cut at any byte keeps the frames before the cut, and names the fault and the uuid", () => {
    const first = frame("SIGNAL_OFFER", "bob:v=0", uuid(1));
    const second = frame("SIGNAL_OFFER", { target_client_id: "bob", signal_data: "x" }, uuid(2));
    const whole = concat(first, second);
    const lengths = Array.from({ length: whole.length + 1 }, (_, length) => length);
    expect(lengths.map((length) => outline(whole.subarray(0, length)))).toEqual(
      lengths.map((length) => {
        if (length < first.length) return cutFrame(length, uuid(1), "message.empty");
        return [hexOf(uuid(1)), ...cutFrame(length - first.length, uuid(2), null, second.length)];
      }),
    );
  });

  it("[FR4] is not searched for another start byte once framing is lost", () => {
    const good = frame("HEARTBEAT", "", uuid(2));
    const message = concat(frame("HEARTBEAT", "", uuid(1)), Uint8Array.of(0xab), good);
    expect(outline(message)).toEqual([hexOf(uuid(1)), ["frame.start-byte", hexOf(NIL)]]);
  });
});

/** What FR4 and FR5 make of the first `length` bytes of a frame. */
function cutFrame(length: number, id: string, nothing: string | null, whole = Infinity): unknown[] {
  if (length === 0) return nothing === null ? [] : [[nothing, hexOf(NIL)]];
  if (length < 18) return [["frame.truncated-header", hexOf(NIL)]];
  if (length < 21) return [["frame.truncated-header", hexOf(id)]];
  return length < whole ? [["frame.truncated-payload", hexOf(id)]] : [hexOf(id)];
}

describe("A sequence of any bytes", () => {
  const anyFrame: fc.Arbitrary<Frame> = fc.record({
    messageType: fc.nat(255),
    uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    payloadType: fc.nat(255),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  const encoded = anyFrame.map(encodeFrame);
  const anyMessage = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc
      .array(fc.oneof(encoded, fc.uint8Array({ maxLength: 30 })), { maxLength: 6 })
      .map((parts) => concat(...parts)),
    fc.tuple(fc.array(encoded, { minLength: 1, maxLength: 4 }), fc.nat()).map(([parts, cut]) => {
      const whole = concat(...parts);
      return whole.subarray(0, cut % whole.length);
    }),
  );

  it("[FR2] [FR4] [FR5] is read as whole frames, then at most one failure, and never throws", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const decoded = [...decodeMessage(message)];
        const frames = decoded.flatMap((item) => (item.kind === "frame" ? [item.frame] : []));
        const read = concat(...frames.map(encodeFrame));
        // Every byte that was read is in a frame, and no frame reads what is not there.
        expect(toHex(read)).toBe(toHex(message.subarray(0, read.length)));
        const isWhole = read.length === message.length && message.length > 0;
        expect(decoded.map(({ kind }) => kind)).toEqual([
          ...frames.map(() => "frame"),
          ...(isWhole ? [] : ["failure"]),
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it("[FR1] [FR2] that encodes frames is read as these frames", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 8 }), (frames) => {
        expect(framesOf(concat(...frames.map(encodeFrame)))).toEqual(frames);
      }),
    );
  });
});
