/** The options of a SignalClient. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { SignalClient } from "../../src/client/client.ts";
import { parseOptions, type SignalClientOptions } from "../../src/client/options.ts";

const GOOD: SignalClientOptions = { url: "ws://hub.test/", clientId: "alice", token: "token" };

afterEach(() => vi.unstubAllGlobals());

describe("parseOptions()", () => {
  it("fills in the defaults", () => {
    expect(parseOptions(GOOD)).toEqual({
      url: "ws://hub.test/",
      clientId: "alice",
      token: "token",
      sendTimeoutMs: 30_000,
      connectTimeoutMs: 15_000,
      pongTimeoutMs: 10_000,
      retryBaseMs: 500,
      retryMaxMs: 8_000,
      longRetryMaxMs: 180_000,
      maxQueued: 256,
      maxBuffered: 1_024,
    });
  });

  it("keeps the numbers that the user gives", () => {
    const settings = parseOptions({ ...GOOD, maxQueued: 0, sendTimeoutMs: Infinity });
    expect(settings).toMatchObject({ maxQueued: 0, sendTimeoutMs: Infinity, retryBaseMs: 500 });
  });

  it.each([
    ["http://hub.test/x?a=b#c", "ws://hub.test/x?a=b"],
    ["https://hub.test", "wss://hub.test"],
    [new URL("wss://hub.test/"), "wss://hub.test/"],
  ])("turns the url %s into %s", (url, href) => {
    expect(parseOptions({ ...GOOD, url }).url).toBe(href);
  });

  it("resolves a relative url in a page", () => {
    vi.stubGlobal("location", { href: "https://app.test/demo/index.html" });
    expect(parseOptions({ ...GOOD, url: "/" }).url).toBe("wss://app.test/");
  });

  it.each<[string, Partial<Record<keyof SignalClientOptions, unknown>>]>([
    ["url must be", { url: "/" }],
    ["url must be", { url: "ftp://hub.test/" }],
    ["url must be", { url: undefined }],
    ["clientId must be", { clientId: "" }],
    ["clientId must be", { clientId: "a\nb" }],
    ["clientId must be", { clientId: 7 }],
    ["token must be", { token: "" }],
    ["token must be", { token: "x".repeat(4_097) }],
    ["token must be", { token: undefined }],
    ["sendTimeoutMs must be", { sendTimeoutMs: 0 }],
    ["pongTimeoutMs must be", { pongTimeoutMs: Number.NaN }],
    ["maxQueued must be", { maxQueued: -1 }],
    ["retryMaxMs must be", { retryMaxMs: "8" }],
  ])('throws bad-option with "%s …" (%#)', (words, wrong) => {
    // The cast lets the test pass a wrong option.
    const options = { ...GOOD, ...wrong } as SignalClientOptions;
    expect(() => new SignalClient(options)).toThrow(
      expect.objectContaining({ code: "bad-option", message: expect.stringContaining(words) }),
    );
  });

  it("reports every fault in one message", () => {
    const wrong: SignalClientOptions = { url: "", clientId: "", token: "", maxBuffered: 0 };
    expect(() => parseOptions(wrong)).toThrow(
      /url must be.*; clientId must be.*; token must be.*; maxBuffered must be/,
    );
  });
});
