import { describe, expect, it } from "vitest";
import { parseTokenRequest } from "../../scripts/local/token-request.ts";

describe("the command line of npm run token", () => {
  it.each([
    [["bob"], { clientId: "bob", expiresInSeconds: null, targets: null }],
    [["bob", "--expires", "60"], { clientId: "bob", expiresInSeconds: 60, targets: null }],
    [
      ["--targets", "a, b*", "bob"],
      { clientId: "bob", expiresInSeconds: null, targets: ["a", "b*"] },
    ],
    [["bob", '--targets=["a,b"]'], { clientId: "bob", expiresInSeconds: null, targets: ["a,b"] }],
    [["--", "--bob"], { clientId: "--bob", expiresInSeconds: null, targets: null }],
  ])("asks with %j", (args, request) => {
    expect(parseTokenRequest(args)).toEqual({ ok: true, value: request });
  });

  it.each([
    [[], "give one client id"],
    [["a", "b"], "give one client id"],
    [[""], "1-128 characters"],
    [["a\nb"], "1-128 characters"],
    [["a", "--expires", "1h"], "--expires must be a whole number"],
    [["a", "--expires", "0"], "--expires must be a whole number"],
    [["a", "--expires"], "--expires"],
    [["a", "--expires", "-4"], '--expires must be a whole number from 1 to 31536000, got "-4"'],
    [["--expires", "-4s", "a"], "--expires must be a whole number"],
    [["a", "--expires=-4"], "--expires must be a whole number"],
    [["a", "--expires", "--targets", "b"], "--expires"],
    [["a", "-4"], "-4"],
    [["a", "--targets", ","], "--targets names nobody"],
    [["a", "--targets", '[""]'], '--targets "" is no client id'],
    [["a", "--targets", "[1]"], "--targets must be a list of strings"],
    [["a", "--until", "tomorrow"], "--until"],
  ])("is refused with %j: %s", (args, fault) => {
    expect(parseTokenRequest(args)).toEqual({ ok: false, failure: expect.stringContaining(fault) });
  });
});
