/** Which pages may use the service, by their origin: lists, masks, apps, and the tricks with which a page could pretend. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowsOrigin, isOriginEntry } from "../../src/auth/origins.ts";

const OWN = "https://hub.example";

describe("an origin", () => {
  it.each<[origin: string, entry: string, isAllowed: boolean]>([
    ["https://a.example", "*", true],
    ["null", "*", true],
    ["tauri://localhost", "*", true],
    ["https://a.example", "https://a.example", true],
    ["https://a.example", "https://b.example", false],
    ["http://a.example", "https://a.example", false],
    ["https://a.example:8443", "https://a.example", false],
    ["tauri://localhost", "tauri://localhost", true],
    ["capacitor://localhost", "tauri://localhost", false],
    ["null", "null", true],
    ["null", "https://a.example", false],
    ["null", "file://", false],
    ["https://a.example.com", "https://*.example.com", true],
    ["https://a.b.example.com", "https://*.example.com", true],
    ["https://xn--bcher-kva.example.com", "https://*.example.com", true],
    ["https://example.com", "https://*.example.com", false],
    ["http://a.example.com", "https://*.example.com", false],
    ["https://a.example.com:8443", "https://*.example.com", false],
    ["https://a.example.com:8443", "https://*.example.com:8443", true],
    ["https://aexample.com", "https://*.example.com", false],
    ["https://a.example.com.evil.com", "https://*.example.com", false],
    ["https://evil.com#.example.com", "https://*.example.com", false],
    ["https://evil.com/.example.com", "https://*.example.com", false],
    ["https://evil.com?.example.com", "https://*.example.com", false],
    ["https://evil.com\\.example.com", "https://*.example.com", false],
    ["https://evil.com:443.example.com", "https://*.example.com", false],
    ["https://x@a.example.com", "https://*.example.com", false],
    ["https://A.example.com", "https://*.example.com", false],
    ["https://a.example.com.", "https://*.example.com", false],
    ["https://.example.com", "https://*.example.com", false],
    ["https://a..example.com", "https://*.example.com", false],
    ["https://*.example.com", "https://b.example", false],
    ["https://a.example.com https://b.example", "https://*.example.com", false],
    ["", "https://*.example.com", false],
    ["null", "https://*.example.com", false],
    ["http://a.localhost:3000", "http://*.localhost:3000", true],
  ])("[UP5] %j under the entry %j may connect: %j", (origin, entry, isAllowed) => {
    expect(allowsOrigin([entry], origin, OWN)).toBe(isAllowed);
  });

  it("[UP5] of the service itself may connect whatever the list, and no other that begins alike", () => {
    for (const list of [[], ["https://a.example"]]) {
      expect(allowsOrigin(list, OWN, OWN)).toBe(true);
      for (const other of [
        "http://hub.example",
        "https://hub.example:8443",
        "https://hub.example.evil.com",
        "null",
        "",
      ]) {
        expect(allowsOrigin(list, other, OWN)).toBe(false);
      }
    }
  });
});

describe("a mask", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?$/);
  const anything = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: "binary" }),
    // Pieces of which tricks are made.
    fc
      .array(
        fc.constantFrom(
          "https://",
          "http:",
          "a",
          ".",
          "example.com",
          "evil.com",
          "#",
          "?",
          "/",
          "\\",
          "@",
          ":443",
          ":8443",
          "%2e",
          "\t",
          "。",
          "*",
          "[",
          "]",
          ".",
        ),
        { maxLength: 8 },
      )
      .map((pieces) => pieces.join("")),
  );

  it("[UP5] allows no text but https, a subdomain, and nothing behind it", () => {
    fc.assert(
      fc.property(anything, (origin) => {
        if (!allowsOrigin(["https://*.example.com"], origin, OWN)) return;
        expect(origin).toMatch(/^https:\/\/(?:[^\s./?#@\\:*]+\.)+example\.com$/);
        expect(new URL(origin).hostname.endsWith(".example.com")).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("[UP5] allows every subdomain of a browser's page, whatever its depth", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        const url = URL.parse(`https://${labels.join(".")}.example.com/`);
        fc.pre(url !== null);
        expect(allowsOrigin(["https://*.example.com"], url.origin, OWN)).toBe(true);
      }),
    );
  });
});

describe("an entry", () => {
  it("[UP5] that is in order is met by its own text, where it is no mask", () => {
    fc.assert(
      fc.property(fc.webUrl(), (text) => {
        const { origin } = new URL(text);
        expect(isOriginEntry(origin)).toBe(true);
        expect(allowsOrigin([origin], origin, OWN)).toBe(true);
      }),
    );
  });
});
