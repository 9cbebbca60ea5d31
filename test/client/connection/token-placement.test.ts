/** Where the client puts its token. */
import { describe, expect, it } from "vitest";
import { placeToken } from "../../../src/client/connection/upgrade.ts";

describe("placeToken()", () => {
  it("[UP2] [UP3] puts the token into a subprotocol of the upgrade", () => {
    expect(placeToken("a.b-c_d~", 0)).toEqual({
      protocols: ["signal-manager", "bearer.a.b-c_d~"],
      authToken: null,
    });
  });

  it.each(["a b", "a,b", "a=b", "a/b", "ü", "a\r\nb"])(
    "[UP2] [CO1] puts a token that no subprotocol can carry into CONNECT: %j",
    (token) => {
      expect(placeToken(token, 0)).toEqual({ protocols: ["signal-manager"], authToken: token });
    },
  );

  it("[CO5] puts the token into CONNECT in every other attempt after a failed upgrade", () => {
    const authTokens = [0, 1, 2, 3].map((failures) => placeToken("token", failures).authToken);
    expect(authTokens).toEqual([null, "token", null, "token"]);
  });

  it("[CO5] puts the token into CONNECT in every fourth attempt of a long outage, so that few long pauses follow it", () => {
    const attempts = Array.from({ length: 16 }, (_, unopened) => unopened);
    const inConnect = attempts.filter((n) => placeToken("token", n).authToken !== null);
    expect(inConnect).toEqual([1, 3, 5, 9, 13]);
  });
});
