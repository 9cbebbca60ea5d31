/** Any text in the characters of a subprotocol, and back. */
import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64Url, encodeBase64Url } from "../../src/protocol/encodings/base64url.ts";

describe("base64url", () => {
  it("[UP2] is what every other implementation makes of the UTF-8, and gives the same text back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const encoded = encodeBase64Url(text);
        expect(encoded).toBe(Buffer.from(text, "utf8").toString("base64url"));
        expect(decodeBase64Url(encoded)).toBe(text);
      }),
    );
  });

  it.each(["A", "AAAAA", "YQ==", "YQ=", "a b", "a+b/", "a.b", "_w", "é"])(
    "[UP2] is not %j",
    (encoded) => {
      expect(decodeBase64Url(encoded)).toBe(null);
    },
  );
});
