/** The bearer tokens of operators. */
import { timingSafeEqual } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { bearerCheck } from "../../src/auth/bearer.ts";

// The real functions, spied on.
vi.mock("node:crypto", { spy: true });

const carriesToken = bearerCheck("s3cret-token");

describe("the check of a bearer token", () => {
  it.each([
    ["the token", "Bearer s3cret-token", true],
    ["a scheme in another case", "bearer s3cret-token", true],
    ["more spaces", "Bearer   s3cret-token ", true],
    ["a character of eight bits", "Bearer s3cret-tok\u00e9n", false],
    ["no header", null, false],
    ["an empty header", "", false],
    ["no token", "Bearer", false],
    ["no token behind the space", "Bearer ", false],
    ["the token alone", "s3cret-token", false],
    ["another scheme", "Basic s3cret-token", false],
    ["another token", "Bearer s3cret-tokem", false],
    ["a token without its end", "Bearer s3cret-toke", false],
    ["a longer token", "Bearer s3cret-tokens", false],
    ["a token in another case", "Bearer S3CRET-TOKEN", false],
    ["two tokens", "Bearer s3cret-token s3cret-token", false],
    ["two headers joined into one", "Bearer s3cret-token, Bearer s3cret-token", false],
  ])("accepts or refuses %s: %j is %s", (_, header, isAccepted) => {
    expect(carriesToken(header)).toBe(isAccepted);
  });

  it("compares digests of one length, whatever token is presented", () => {
    const compare = vi.mocked(timingSafeEqual);
    compare.mockClear();
    for (const token of ["s", "s3cret-token", "x".repeat(5000)]) carriesToken(`Bearer ${token}`);
    const lengths = compare.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength]);
    expect(lengths).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ]);
  });
});
