/** Which rows of the demo's log are shown once and counted. */
import { describe, expect, it } from "vitest";
import { repeatedRows } from "../../../examples/demo/wire-repeats.ts";

/** A row per word: `<` begins an answer, and `-` is a row that repeats nothing. */
function rows(words: string) {
  return words.split(" ").map((word) => ({
    key: word === "-" ? null : word,
    isAnswer: word.startsWith("<"),
    times: 1,
  }));
}

describe("repeatedRows", () => {
  it.each([
    ["refused", 0],
    ["refused refused", 1],
    ["open refused", 0],
    ["- -", 0],
    ["ping <pong ping <pong", 2],
    ["open CONNECT <full closed open CONNECT <full closed", 4],
    ["open CONNECT - closed open CONNECT - closed", 0],
    ["a b c d e a b c d e", 0],
  ])("of %s are %i", (words, length) => {
    expect(repeatedRows(rows(words))).toBe(length);
  });

  it("do not begin with an answer, which belongs to the row before it", () => {
    expect(repeatedRows(rows("hello <absent knock <absent knock"))).toBe(0);
    expect(repeatedRows(rows("hello <absent knock <absent knock <absent"))).toBe(2);
  });
});
