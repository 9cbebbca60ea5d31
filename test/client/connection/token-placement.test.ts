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

  it.each([
    ["a b", "bearer64.YSBi"],
    ["a,b", "bearer64.YSxi"],
    ["a=b", "bearer64.YT1i"],
    ["a/b==", "bearer64.YS9iPT0"],
    ["ü?>", "bearer64.w7w_Pg"],
    ["a\r\nb", "bearer64.YQ0KYg"],
  ])(
    "[UP2] [CO1] puts a token of other characters into a subprotocol in base64url, and into CONNECT for an older hub: %j",
    (token, protocol) => {
      expect(placeToken(token, 0)).toEqual({
        protocols: ["signal-manager", protocol],
        authToken: token,
      });
      expect(placeToken(token, 1)).toEqual({ protocols: ["signal-manager"], authToken: token });
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
