import { timingSafeEqual } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { bearerCheck } from "../../src/auth/bearer.ts";

// The real functions, watched.
vi.mock("node:crypto", { spy: true });

const shows = bearerCheck("s3cret-token");

describe("a bearer token", () => {
  it.each([
    ["the token", "Bearer s3cret-token", true],
    ["a scheme of other case", "bearer s3cret-token", true],
    ["a character of eight bits", "Bearer s3cret-tok\u00e9n", false],
    ["more spaces", "Bearer   s3cret-token ", true],
    ["nothing", null, false],
    ["an empty header", "", false],
    ["no token", "Bearer", false],
    ["no token, after a space", "Bearer ", false],
    ["the token alone", "s3cret-token", false],
    ["another scheme", "Basic s3cret-token", false],
    ["another token", "Bearer s3cret-tokem", false],
    ["a cut token", "Bearer s3cret-toke", false],
    ["a longer token", "Bearer s3cret-tokens", false],
    ["a token of other case", "Bearer S3CRET-TOKEN", false],
    ["two tokens", "Bearer s3cret-token s3cret-token", false],
    ["two headers that became one", "Bearer s3cret-token, Bearer s3cret-token", false],
  ])("is shown, or not, by %s", (_, header, shown) => {
    expect(shows(header)).toBe(shown);
  });

  it("is compared by digests of one length, whatever is shown", () => {
    const compare = vi.mocked(timingSafeEqual);
    compare.mockClear();
    for (const token of ["s", "s3cret-token", "x".repeat(5000)]) shows(`Bearer ${token}`);
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    expect(lengths).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });
});
