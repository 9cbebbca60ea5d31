/** `npm run token`: its command line, and its warning of a short secret. */
import { describe, expect, it } from "vitest";
import { parseTokenRequest, secretWarning } from "../../scripts/local/token-request.ts";

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
  ])("reads the request %j", (args, request) => {
    expect(parseTokenRequest(args)).toEqual({ ok: true, value: request });
  });

  it.each([
    [[], "give one client id"],
    [["a", "b"], "give one client id"],
    [[""], "1-128 characters"],
    [["a\nb"], "1-128 characters"],
    [["backend"], "reserved for signals of backends"],
    [["a", "--expires", "1h"], "--expires must be a whole number"],
    [["a", "--expires", "0"], "--expires must be a whole number"],
    [["a", "--expires"], "--expires"],
    [["a", "--expires", "-4"], '--expires must be a whole number from 1 to 31536000, got "-4"'],
    [["--expires", "-4s", "a"], "--expires must be a whole number"],
    [["a", "--expires=-4"], "--expires must be a whole number"],
    [["a", "--expires", "--targets", "b"], "--expires"],
    [["a", "-4"], "-4"],
    [["a", "--targets", ","], "--targets is an empty list"],
    [["a", "--targets", '[""]'], '--targets "" is not a client id'],
    [["a", "--targets", "[1]"], "--targets must be a list of strings"],
    [["a", "--until", "tomorrow"], "--until"],
  ])("refuses %j with a sentence that holds %j", (args, fault) => {
    expect(parseTokenRequest(args)).toEqual({ ok: false, failure: expect.stringContaining(fault) });
  });
});

describe("the warning of a short secret", () => {
  it.each([
    ["a", 1],
    ["x".repeat(31), 31],
    ["é".repeat(15), 30],
  ])("is given for %s, which a deployed service refuses", (secret, bytes) => {
    expect(secretWarning(secret)).toMatch(`auth.token_secret has ${bytes} bytes`);
  });

  it.each(["x".repeat(32), "é".repeat(16)])("is not given for %s", (secret) => {
    expect(secretWarning(secret)).toBeNull();
  });
});
