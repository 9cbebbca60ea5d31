import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  decodeByEscapes,
  decodeUtf8,
  encodeByEscapes,
  encodeUtf8,
  exceedsBytes,
} from "../../src/protocol/encodings/utf8.ts";
import { fromHex, toHex } from "../support/hex.ts";

it.each([
  ["ASCII", "616263", "abc"],
  ["two, three and four bytes", "c3a9e697a5f09fa68a", "é日🦊"],
  ["nothing", "", ""],
  ["NUL", "00", "\u0000"],
  ["a byte order mark, which is kept", "efbbbf61", "\ufeffa"],
  ["the last code point", "f48fbfbf", "\u{10ffff}"],
])("[PT3] [PT4] UTF-8 decodes and encodes %s", (_, hex, text) => {
  expect(decodeUtf8(fromHex(hex))).toBe(text);
  expect(toHex(encodeUtf8(text))).toBe(hex);
});

it.each([
  ["a lone continuation byte", "80"],
  ["a cut character", "c3"],
  ["a cut character before ASCII", "e69741"],
  ["an overlong encoding", "c0af"],
  ["a surrogate", "eda080"],
  ["beyond the last code point", "f4908080"],
  ["0xFF", "ff"],
])("[PT3] [PT4] The UTF-8 decoder refuses %s, and reads the next text from its start", (_, hex) => {
  expect(decodeUtf8(fromHex(hex))).toBeNull();
  expect(decodeUtf8(fromHex("a9"))).toBeNull();
  expect(decodeUtf8(fromHex("61"))).toBe("a");
});

it.each(["a", "é", "日", "🦊", "\ufeff", "aé日🦊"])(
  "[FR3] exceedsBytes measures a text of %j in bytes",
  (unit) => {
    for (const times of [0, 1, 2, 7, 100]) {
      const text = unit.repeat(times);
      const bytes = encodeUtf8(text);
      for (const message of [text, bytes]) {
        expect(exceedsBytes(message, bytes.length)).toBe(false);
        expect(exceedsBytes(message, bytes.length + 1)).toBe(false);
        expect(exceedsBytes(message, bytes.length - 1)).toBe(true);
      }
    }
  },
);

function outcome(decode: () => string): string | null {
  try {
    return decode();
  } catch {
    return null;
  }
}

describe("UTF-8 in ECMAScript alone", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** Texts with a byte or two changed, since random bytes are hardly ever UTF-8 beyond ASCII. */
  const nearlyText = fc
    .tuple(
      fc.string({ unit: "binary" }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }),
    )
    .map(([text, changes]) => {
      const bytes = new TextEncoder().encode(text);
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });

  it("[PT3] decodes and refuses what the platform's strict decoder does", () => {
    fc.assert(
      fc.property(fc.oneof(nearlyText, fc.uint8Array()), (bytes) => {
        const text = outcome(() => decodeByEscapes(bytes));
        expect(text).toBe(outcome(() => strict.decode(bytes)));
      }),
      { numRuns: 2_000 },
    );
  });

  it("[PT3] decodes a payload of the largest size", () => {
    const bytes = new TextEncoder().encode("é日x".repeat(10_900));
    expect(decodeByEscapes(bytes)).toBe(strict.decode(bytes));
  });

  it("[PT3] encodes what the platform's encoder does, lone surrogates as U+FFFD", () => {
    const units = fc.array(fc.oneof(fc.integer({ min: 0xd7f0, max: 0xe010 }), fc.nat(0xffff)));
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes);
        expect(toHex(encodeByEscapes(text))).toBe(toHex(new TextEncoder().encode(text)));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("UTF-8 on a platform", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const Real = TextDecoder;
  it.each<[string, unknown]>([
    ["without TextDecoder", undefined],
    [
      "whose TextDecoder throws for an option",
      class extends Real {
        constructor(label: string, options: { readonly fatal?: boolean } = {}) {
          if (options.fatal === true) throw new TypeError("fatal is not supported");
          super(label);
        }
      },
    ],
    [
      "whose TextDecoder ignores its options",
      class extends Real {
        override get fatal(): boolean {
          return false;
        }
      },
    ],
  ])("[PT3] is strict %s", async (_, TextDecoder) => {
    vi.stubGlobal("TextDecoder", TextDecoder);
    vi.stubGlobal("TextEncoder", undefined);
    vi.resetModules();
    const utf8 = await import("../../src/protocol/encodings/utf8.ts");
    expect(utf8.decodeUtf8(fromHex("ff"))).toBeNull();
    expect(utf8.decodeUtf8(fromHex("efbbbf61"))).toBe("\ufeffa");
    expect(toHex(utf8.encodeUtf8("é日🦊"))).toBe("c3a9e697a5f09fa68a");
  });
});
