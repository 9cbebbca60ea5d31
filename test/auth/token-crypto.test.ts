/** The contract of `TokenCrypto`, which both implementations pass, and where the deterministic one may be used. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deterministicCrypto, signAtOnce } from "../../src/auth/deterministic-crypto.ts";
import { joseCrypto } from "../../src/auth/jose-crypto.ts";
import { importsOf, sourceFiles } from "../support/source-files.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const PAYLOAD = new TextEncoder().encode('{"sub":"alice"}');

describe.each([
  ["joseCrypto", joseCrypto],
  ["deterministicCrypto", deterministicCrypto],
])("%s", (_, crypto) => {
  it("gives back every payload that the same secret has signed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.string({ minLength: 1 }), async (payload, secret) => {
        const token = await crypto.sign(payload, secret);
        expect(await crypto.verify(token, secret)).toEqual(payload);
      }),
      { numRuns: 50 },
    );
  });

  it("[UP2] signs with characters that a subprotocol may have", async () => {
    expect(await crypto.sign(PAYLOAD, SECRET)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it("signs the same payload with the same token each time", async () => {
    expect(await crypto.sign(PAYLOAD, SECRET)).toBe(await crypto.sign(PAYLOAD, SECRET));
  });

  it("[CO5] answers a token of another secret with null", async () => {
    const token = await crypto.sign(PAYLOAD, SECRET);
    expect(await crypto.verify(token, `${SECRET}!`)).toBeNull();
    expect(await crypto.verify(token, "")).toBeNull();
  });

  it("[CO5] answers a token with any changed character with null", async () => {
    const token = await crypto.sign(PAYLOAD, SECRET);
    // The last character of a part holds bits that base64url ignores.
    const dots = [token.indexOf("."), token.lastIndexOf("."), token.length];
    const ends = new Set(dots.map((at) => at - 1));
    for (let at = 0; at < token.length; at += 1) {
      if (ends.has(at)) continue;
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      expect(await crypto.verify(changed, SECRET), `character ${at}`).toBeNull();
    }
  });

  it("[CO5] answers any other text with null, and never rejects", async () => {
    const token = await crypto.sign(PAYLOAD, SECRET);
    const [header, payload, signature] = token.split(".");
    const parts = fc.constantFrom(header ?? "", payload ?? "", signature ?? "", "", "é", "\ud83e");
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(parts, { maxLength: 4 }).map((list) => list.join(".")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (other) => {
        expect(await crypto.verify(other, SECRET)).toEqual(other === token ? PAYLOAD : null);
      }),
      { numRuns: 200 },
    );
  });
});

describe("deterministicCrypto", () => {
  it("[CO5] makes tokens that joseCrypto refuses, and refuses those of joseCrypto", async () => {
    const token = signAtOnce(PAYLOAD, SECRET);
    expect(await joseCrypto.verify(token, SECRET)).toBeNull();
    const real = await joseCrypto.sign(PAYLOAD, SECRET);
    expect(await deterministicCrypto.verify(real, SECRET)).toBeNull();
  });

  it("is imported by no file of src, since its signatures protect nothing", () => {
    const imports = sourceFiles("src").flatMap(importsOf);
    expect(imports.filter(({ to }) => to.endsWith("/jose-crypto.ts"))).not.toEqual([]);
    expect(imports.filter(({ to }) => to.endsWith("/deterministic-crypto.ts"))).toEqual([]);
  });
});
