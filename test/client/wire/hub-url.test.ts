/** The hub's URL, and what becomes of it on the way to the socket. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { addressOf, parseHubUrl } from "../../../src/client/wire/hub-url.ts";
import { clientId } from "../../support/client-ids.ts";

afterEach(() => vi.unstubAllGlobals());

describe("parseHubUrl()", () => {
  it.each([
    ["ws://hub.test/signal?a=b", "ws://hub.test/signal?a=b"],
    ["HTTP://hub.test:81/#x", "ws://hub.test:81/"],
    ["https://hub.test/signal#a\nb", "wss://hub.test/signal"],
  ])("reads %j as %s", (given, url) => {
    expect(parseHubUrl(given)).toBe(url);
  });

  it.each(["/signal", "ftp://hub.test/", "ws://[", "wsx://hub.test/", "", undefined, {}])(
    "refuses %j",
    (given) => {
      expect(parseHubUrl(given)).toBeNull();
    },
  );

  it("resolves a relative URL, and keeps an absolute one, in a page", () => {
    vi.stubGlobal("location", { href: "https://app.test/demo/index.html?x#y" });
    expect(parseHubUrl("../signal")).toBe("wss://app.test/signal");
    expect(parseHubUrl("ws://hub.test/a/../b")).toBe("ws://hub.test/a/../b");
  });
});

describe("addressOf()", () => {
  it.each([
    ["ws://hub.test", "ws://hub.test?client_id=al+ice"],
    ["ws://hub.test/?a=b&c", "ws://hub.test/?a=b&c&client_id=al+ice"],
    ["ws://hub.test/?a=b?c&d", "ws://hub.test/?a=b?c&d&client_id=al+ice"],
    ["ws://hub.test/?my_client_id=x", "ws://hub.test/?my_client_id=x&client_id=al+ice"],
    ["ws://hub.test/?a=b&client_id=x", "ws://hub.test/?a=b&client_id=al+ice"],
    ["ws://hub.test/?client_id=x&client_id=y", "ws://hub.test/?client_id=al+ice"],
    ["ws://hub.test/?client_id=x&a=b", "ws://hub.test/?a=b&client_id=al+ice"],
  ])("[UP8] adds the client's id to %s", (url, address) => {
    expect(addressOf({ url, clientId: clientId("al ice") })).toBe(address);
  });

  it("[UP8] writes every client id so that the hub reads it back", () => {
    const id = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(id, (text) => {
        const { searchParams } = new URL(
          addressOf({ url: "ws://hub.test/?x=1", clientId: clientId(text) }),
        );
        expect([...searchParams]).toEqual([
          ["x", "1"],
          ["client_id", text],
        ]);
      }),
    );
  });
});
