import { expect, it } from "vitest";
import { decodeUtf8, encodeUtf8, exceedsBytes } from "../../src/protocol/encodings/utf8.ts";
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
