/** The source's id in a TEXT or BINARY signal. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binaryCodec } from "../../src/protocol/encodings/binary.ts";
import type { PayloadCodec } from "../../src/protocol/encodings/codec.ts";
import { textCodec } from "../../src/protocol/encodings/text.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import { binary, concat } from "../support/frames.ts";
import { stampSignal } from "../support/stamp.ts";

function stamp(codec: PayloadCodec, payload: Uint8Array, source: string) {
  const request = codec.decodeSignal(payload);
  if (!request.ok) throw new Error(`the codec refuses the signal: ${request.failure}`);
  const stamped = stampSignal(codec, request.value, clientId(source));
  return { target: request.value.target, stamped };
}

const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);

describe("TEXT", () => {
  it("[SI3] [SI5] names the source where the target stood, whatever follows", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (data) => {
        const { target, stamped } = stamp(textCodec, Buffer.from(`bob:${data}`), "zoë");
        expect(target).toBe("bob");
        expect(stamped).toEqual(success(plain(Buffer.from(`zoë:${data}`))));
      }),
    );
  });

  it("[SI3] [SI5] keeps a byte order mark in the data, and in an id", () => {
    const { target, stamped } = stamp(textCodec, Buffer.from("\ufeffbob:\ufeffdata"), "alice");
    expect(target).toBe("\ufeffbob");
    expect(stamped).toEqual(success(plain(Buffer.from("alice:\ufeffdata"))));
  });

  it.each([":", "a:", ":a", "org:alice"])("[ID2] cannot name a source %j", (source) => {
    const { stamped } = stamp(textCodec, Buffer.from("bob:data"), source);
    expect(stamped).toEqual(failed("signal.source-text"));
  });
});

describe("BINARY", () => {
  it("[SI4] [SI5] names the source where the target stood, whatever follows", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (data) => {
        const { target, stamped } = stamp(binaryCodec, binary(["bob"], data), "org:zoë");
        expect(target).toBe("bob");
        const head = Uint8Array.of(8, ...Buffer.from("org:zoë"));
        expect(stamped).toEqual(success(concat(head, data)));
      }),
    );
  });

  it.each([
    ["127 characters of 255 bytes", `${"é".repeat(126)}日`, true],
    ["128 characters of 256 bytes", "é".repeat(128), false],
    ["128 characters of 512 bytes", "🦊".repeat(128), false],
    ["128 characters of 128 bytes", "x".repeat(128), true],
  ])("[ID3] [SI4] counts bytes, not characters: a source of %s", (_, source, isSaid) => {
    const { stamped } = stamp(binaryCodec, binary(["bob"]), source);
    const head = Uint8Array.of(Buffer.byteLength(source) & 0xff, ...Buffer.from(source));
    expect(stamped).toEqual(isSaid ? success(head) : failed("signal.source-binary"));
  });
});
