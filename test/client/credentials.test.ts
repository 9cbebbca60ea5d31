import { describe, expect, it } from "vitest";
import { placeToken } from "../../src/client/credentials.ts";

describe("a token", () => {
  it("[UP2] [UP3] is shown at the upgrade, by subprotocol", () => {
    expect(placeToken("a.b-c_d~", 0)).toEqual({
      protocols: ["signal-manager", "bearer.a.b-c_d~"],
      authToken: null,
    });
  });

  it.each(["a b", "a,b", "a=b", "a/b", "ü", "a\r\nb"])(
    "[UP2] [CO1] that no subprotocol can carry is shown in CONNECT: %j",
    (token) => {
      expect(placeToken(token, 0)).toEqual({ protocols: ["signal-manager"], authToken: token });
    },
  );

  it("[CO5] is shown in CONNECT at every other attempt that follows a socket that did not open", () => {
    const doors = [0, 1, 2, 3].map((unopened) => placeToken("token", unopened).authToken);
    expect(doors).toEqual([null, "token", null, "token"]);
  });
});
