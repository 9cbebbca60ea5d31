import * as fc from "fast-check";
import { expect, it } from "vitest";
import { formatUuid, NIL_UUID } from "../../src/protocol/uuid.ts";
import { toHex } from "../support/hex.ts";
import { parseUuid } from "../support/parse-uuid.ts";

it("[ER2] The nil uuid is sixteen zero bytes", () => {
  expect(NIL_UUID).toEqual(new Uint8Array(16));
  expect(formatUuid(NIL_UUID)).toBe("00000000-0000-0000-0000-000000000000");
});

it("[FR1] A uuid holds the bytes of its text in order", () => {
  const bytes = parseUuid("550e8400-e29b-41d4-a716-446655440000");
  expect(bytes && toHex(bytes)).toBe("550e8400e29b41d4a716446655440000");
});

it("[FR1] A uuid is read in either case and written in lower case", () => {
  const bytes = parseUuid("550E8400-E29B-41D4-A716-44665544ABCD");
  expect(bytes && formatUuid(bytes)).toBe("550e8400-e29b-41d4-a716-44665544abcd");
});

it.each([
  "",
  "550e8400e29b41d4a716446655440000",
  "550e8400-e29b-41d4-a716-44665544000",
  "550e8400-e29b-41d4-a716-4466554400000",
  "550e8400-e29b-41d4-a716-44665544000g",
  "{550e8400-e29b-41d4-a716-446655440000}",
  "550e8400-e29b-41d4-a716-446655440000\n",
  "550e8400-e29b41d4--a716-446655440000",
])("[FR1] A uuid is not %j", (text) => {
  expect(parseUuid(text)).toBeNull();
});

it("[FR1] A uuid may be any 16 bytes, without a version or a variant", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(formatUuid(bytes).replaceAll("-", "")).toBe(toHex(bytes));
      expect(parseUuid(formatUuid(bytes))).toEqual(bytes);
    }),
  );
});
