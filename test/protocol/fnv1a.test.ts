import { expect, it } from "vitest";
import { fnv1a } from "../../src/protocol/fnv1a.ts";

it.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("fnv1a hashes %j as the vectors of its authors say", (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});
