import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage, encodeFrame, type Frame } from "../../src/protocol/frame.ts";
import { encodeSplicedInto, splicedBytes } from "../../src/protocol/encodings/splice.ts";
import { concat, NIL, uuidBytes } from "../support/frames.ts";
import { toHex } from "../support/hex.ts";

/** The frame as it is read behind other bytes of its buffer. */
function received(fields: Frame, before: Uint8Array) {
  const bytes = concat(before, encodeFrame(fields));
  const [decoded] = decodeMessage(bytes.subarray(before.length));
  if (decoded?.kind !== "frame") throw new Error("the frame is not read");
  return decoded.frame;
}

describe("A frame with a piece in its payload", () => {
  const into = new Uint8Array(70_000);

  it("[SI5] is the same frame except for the piece, whatever the buffer held before and wherever the message lies", () => {
    const spliced = fc
      .tuple(
        fc.uint8Array({ maxLength: 300 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(),
        fc.nat(),
      )
      .map(([payload, piece, one, other]) => {
        const [cutAt = 0, resumeAt = 0] = [one, other]
          .map((at) => at % (payload.length + 1))
          .toSorted((a, b) => a - b);
        return { payload, piece, cutAt, resumeAt };
      });
    fc.assert(
      fc.property(
        spliced,
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ maxLength: 9 }),
        ({ payload, piece, cutAt, resumeAt }, id, before) => {
          into.fill(0x5a);
          const fields = { messageType: 0x11, uuid: id, payloadType: 3, payload };
          const cut = { payload, cutAt, resumeAt };
          const got = encodeSplicedInto(into, received(fields, before), cut, piece);
          const whole = concat(payload.subarray(0, cutAt), piece, payload.subarray(resumeAt));
          expect(toHex(got)).toBe(toHex(encodeFrame({ ...fields, payload: whole })));
          expect(splicedBytes(cut, piece)).toBe(whole.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("[FR1] is refused with a RangeError if its payload has 65,536 bytes, since that is a bug of ours", () => {
    const payload = new Uint8Array(65_535);
    const fields = { messageType: 0x10, uuid: uuidBytes(NIL), payloadType: 1, payload };
    const full = received(fields, new Uint8Array());
    const cut = { payload, cutAt: 0, resumeAt: 0 };
    expect(encodeSplicedInto(into, full, cut, new Uint8Array())).toHaveLength(65_556);
    expect(() => encodeSplicedInto(into, full, cut, new Uint8Array(1))).toThrow(
      new RangeError("A payload is at most 65535 bytes, got 65536"),
    );
  });
});
