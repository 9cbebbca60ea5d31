import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { parseClientId, parseClientIdFast, type ClientId } from "../../src/protocol/client-id.ts";

describe.each([
  { parser: "parseClientId", parse: parseClientId },
  { parser: "parseClientIdFast", parse: parseClientIdFast },
])("$parser", ({ parse }) => {
  it.each([
    ["one character", "a"],
    ["128 characters", "x".repeat(128)],
    ["128 characters beyond ASCII", "é".repeat(128)],
    ["128 characters of two code units each", "🦊".repeat(128)],
    ["127 of two code units and one of one", `${"🦊".repeat(127)}x`],
    ["a space", " "],
    ["a colon", "org:alice"],
    ["a star", "*"],
    ["what JSON escapes", '"\\/'],
    ["a name of Object.prototype", "__proto__"],
    ["a no-break space, the first behind the C1 controls", "\u00a0"],
    ["a tilde, the last before DEL", "~"],
    ["a byte order mark", "\ufeff"],
    ["a line separator, which is no control character", "\u2028"],
    ["a noncharacter", "\uffff"],
    ["the last code point", "\u{10ffff}"],
  ])("[ID1] accepts %s", (_, id) => {
    expect(parse(id)).toBe(id);
  });

  it.each([
    ["an empty text", ""],
    ["129 characters", "x".repeat(129)],
    ["129 characters of two code units each", "🦊".repeat(129)],
    ["128 of two code units and one of one", `${"🦊".repeat(128)}x`],
    ["a megabyte", "x".repeat(1_048_576)],
    ["a lone high surrogate", "\ud83e"],
    ["a lone low surrogate", "a\udd8a"],
    ["surrogates in the wrong order", "\udd8a\ud83e"],
    ["undefined", undefined],
    ["null", null],
    ["a number", 7],
    ["a list of one", ["alice"]],
    ["a String object", Object("alice")],
  ])("[ID1] refuses %s", (_, id) => {
    expect(parse(id)).toBeNull();
  });

  const controls = [...range(0x00, 0x1f), ...range(0x7f, 0x9f)];

  it("[ID1] refuses each of the 65 control characters, wherever it stands", () => {
    expect(controls).toHaveLength(65);
    const ids = controls.flatMap((control) => [
      control,
      `a${control}`,
      `${control}a`,
      `a${control}b`,
    ]);
    expect(ids.filter((id) => parse(id) !== null)).toEqual([]);
  });

  it("[ID1] folds neither case nor composition, and trims no white space", () => {
    const ids = ["a", "A", "é", "e\u0301", "ａ", "a ", " a"];
    expect(new Set(ids.map(parse)).size).toBe(ids.length);
  });

  it("[ID1] accepts exactly the strings of 1-128 code points without lone surrogates and control characters", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 140 }),
      fc
        .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
        .map((units) => String.fromCharCode(...units)),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const points = Array.from(text, (character) => character.codePointAt(0) ?? 0);
        const isId =
          points.length >= 1 &&
          points.length <= 128 &&
          points.every((point) => point >= 0x20 && !(point >= 0x7f && point <= 0x9f)) &&
          points.every((point) => point < 0xd800 || point > 0xdfff);
        expect(parse(text)).toBe(isId ? text : null);
      }),
      { numRuns: 1000 },
    );
  });

  it("[ID1] returns a type that no plain string has", () => {
    expectTypeOf(parse).returns.toEqualTypeOf<ClientId | null>();
    expectTypeOf<ClientId>().toExtend<string>();
    expectTypeOf<string>().not.toExtend<ClientId>();
  });
});

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, at) => String.fromCharCode(first + at));
}
