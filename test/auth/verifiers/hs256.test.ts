/** Signed tokens, from the text of a token to the grant. The tokens are made by hand, not by the library that verifies them. */
import { generateKeyPairSync, sign } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "../../../src/auth/authenticator.ts";
import { failed, success } from "../../../src/protocol/result.ts";
import { clientId } from "../../support/client-ids.ts";
import {
  claims,
  encodePart,
  hmac,
  jwt,
  NOW,
  NOW_MS,
  SECRET,
  type Claims,
} from "../../support/hand-made-jwt.ts";

const SKEW_SECONDS = 30;

/** JavaScript reads 1e999 and 1e306 * 1000 as Infinity. */
function expiringAt(exp: string): string {
  return withPayload(Buffer.from(`{"sub":"alice","exp":${exp}}`));
}

function withPayload(payload: Buffer): string {
  const text = `${encodePart({ alg: "HS256" })}.${payload.toString("base64url")}`;
  return `${text}.${hmac("sha256", SECRET, text)}`;
}

/** RFC 7797: the payload stands in the token as it is. */
function withUnencodedPayload(): string {
  const header = encodePart({ alg: "HS256", b64: false, crit: ["b64"] });
  const text = `${header}.${JSON.stringify(claims())}`;
  return `${text}.${hmac("sha256", SECRET, text)}`;
}

function verifyWith(secret: string, token: string, id: string | null, nowMs = NOW_MS) {
  const authenticate = createAuthenticator({ apiKeys: [], tokenSecret: secret });
  return authenticate({ token, clientId: id === null ? null : clientId(id) }, nowMs);
}

function verify(token: string, id: string | null = "alice", nowMs = NOW_MS) {
  return verifyWith(SECRET, token, id, nowMs);
}

describe("the verifier accepts a token, which", () => {
  it("[CO1] [SI7] grants its client every target until it expires", async () => {
    expect(await verify(jwt())).toEqual(
      success({
        clientId: "alice",
        targets: null,
        expiresAtMs: (NOW + 3600 + SKEW_SECONDS) * 1000,
      }),
    );
  });

  it.each<[string, Claims]>([
    ["no iat", { iat: undefined }],
    ["claims that the hub does not know", { iss: "x", aud: ["y"], jti: "z", admin: true }],
    ["a nbf of now", { nbf: NOW }],
    ["a nbf within the clock skew", { nbf: NOW + SKEW_SECONDS }],
    ["an iat in the future", { iat: NOW + 3600 }],
    ["an exp with a fraction", { exp: NOW + 0.5 }],
  ])("[CO1] may have %s", async (_, more) => {
    expect(await verify(jwt(claims(more)))).toMatchObject({
      ok: true,
      value: { clientId: "alice" },
    });
  });

  it.each<[string, unknown]>([
    ["no typ", { alg: "HS256" }],
    ["another typ", { alg: "HS256", typ: "at+jwt" }],
    ["a kid", { alg: "HS256", kid: "../../etc/passwd" }],
  ])("[CO1] may have %s in its header", async (_, header) => {
    expect(await verify(jwt(claims(), { header }))).toMatchObject({ ok: true });
  });

  it("[UP2] says who the client is where the request names no client id", async () => {
    const token = jwt(claims({ sub: "zoë 🦊" }));
    expect(await verify(token, null)).toMatchObject({ ok: true, value: { clientId: "zoë 🦊" } });
  });

  it.each([[[]], [["bob"]], [["bob", "team-*", "*"]]])(
    "[SI7] may limit its client to the targets %j",
    async (targets) => {
      expect(await verify(jwt(claims({ targets })))).toMatchObject({
        ok: true,
        value: { targets },
      });
    },
  );

  it.each([
    ["now", NOW],
    ["one second less than the clock skew ago", NOW - SKEW_SECONDS + 1],
  ])("[SE3] may have expired %s", async (_, exp) => {
    const expiresAtMs = (exp + SKEW_SECONDS) * 1000;
    expect(await verify(jwt(claims({ exp })))).toMatchObject({ ok: true, value: { expiresAtMs } });
    expect(expiresAtMs).toBeGreaterThan(NOW_MS);
  });
});

it("[ID4] The verifier refuses a token whose client is called like a backend, as auth.invalid", async () => {
  const token = jwt(claims({ sub: "backend" }));
  expect(await verify(token, null)).toEqual(failed("auth.invalid"));
  expect(await verify(token, "backend")).toEqual(failed("auth.invalid"));
  expect(await verify(jwt(claims({ sub: "backend2" })), null)).toMatchObject({ ok: true });
});

describe("the verifier refuses an expired token", () => {
  it.each([
    ["the clock skew ago", NOW - SKEW_SECONDS],
    ["a day ago", NOW - 86_400],
    ["in 1970", 0],
    ["before 1970", -1],
  ])("[SE3] as auth.expired, not as auth.invalid, if it expired %s", async (_, exp) => {
    expect(await verify(jwt(claims({ exp })))).toEqual(failed("auth.expired"));
  });

  it("[SE3] from the very millisecond at which it would end a session", async () => {
    const token = jwt(claims({ exp: NOW }));
    const endsAtMs = (NOW + SKEW_SECONDS) * 1000;
    expect(await verify(token, "alice", endsAtMs - 1)).toMatchObject({
      value: { expiresAtMs: endsAtMs },
    });
    expect(await verify(token, "alice", endsAtMs)).toEqual(failed("auth.expired"));
  });

  it("[SE3] [CO5] as auth.invalid if its signature is wrong, since its expiry then means nothing", async () => {
    const token = jwt(claims({ exp: NOW - 86_400 }), { secret: `${SECRET}!` });
    expect(await verify(token)).toEqual(failed("auth.invalid"));
  });
});

describe("the verifier refuses", () => {
  const signed = jwt();
  const [header = "", payload = "", signature = ""] = signed.split(".");
  const other = encodePart(claims({ sub: "mallory" }));

  it.each<[string, string]>([
    [
      "a token signed with another secret",
      jwt(claims(), { secret: "another secret of at least 32 bytes" }),
    ],
    ["a token signed with an empty secret", jwt(claims(), { secret: "" })],
    ["a token without exp", jwt(claims({ exp: undefined }))],
    ["a token whose exp is text", jwt(claims({ exp: String(NOW + 3600) }))],
    ["a token whose exp is null", jwt(claims({ exp: null }))],
    ["a token whose exp is infinite", expiringAt("1e999")],
    ["a token whose exp is infinite in milliseconds", expiringAt("1e306")],
    ["a token whose iat is text", jwt(claims({ iat: "now" }))],
    ["a token without sub", jwt(claims({ sub: undefined }))],
    ["a token whose sub is a number", jwt(claims({ sub: 7 }))],
    ["a token with an empty sub", jwt(claims({ sub: "" }))],
    ["a token with a sub of 129 characters", jwt(claims({ sub: "x".repeat(129) }))],
    ["a token with a control character in sub", jwt(claims({ sub: "al\nice" }))],
    ["a token with a lone surrogate in sub", jwt(claims({ sub: "\ud83e" }))],
    ["a token of another client", jwt(claims({ sub: "mallory" }))],
    ["a token of a client id in another case", jwt(claims({ sub: "Alice" }))],
    ["a token before its nbf", jwt(claims({ nbf: NOW + SKEW_SECONDS + 1 }))],
    ["a token whose nbf is text", jwt(claims({ nbf: "now" }))],
    ["a token whose targets are text", jwt(claims({ targets: "*" }))],
    ["a token whose targets are an object", jwt(claims({ targets: { 0: "bob" } }))],
    ["a token with a number among its targets", jwt(claims({ targets: ["bob", 7] }))],
    ["a token with null among its targets", jwt(claims({ targets: [null] }))],
    ["a token whose payload is a list", jwt([claims()])],
    ["a token whose payload is null", jwt(null)],
    ["a token whose payload is not JSON", withPayload(Buffer.from("{"))],
    ["a token whose payload is not UTF-8", withPayload(notUtf8())],
    ["a token with alg none and no signature", `${encodePart({ alg: "none" })}.${payload}.`],
    ["a token with alg none and a signature", jwt(claims(), { header: { alg: "none" } })],
    ["a token with alg NONE", `${encodePart({ alg: "NONE" })}.${payload}.`],
    ["a token without alg", jwt(claims(), { header: { typ: "JWT" } })],
    ["a token with alg hs256", jwt(claims(), { header: { alg: "hs256" } })],
    ["a correctly signed token with alg HS512", withAlgorithm("HS512", "sha512")],
    ["a correctly signed token with alg HS384", withAlgorithm("HS384", "sha384")],
    ["a token with alg RS256, signed with the secret", jwt(claims(), { header: { alg: "RS256" } })],
    [
      "a token with a critical header that the hub does not know",
      jwt(claims(), { header: { alg: "HS256", crit: ["x"], x: 1 } }),
    ],
    ["a token with an unencoded payload", withUnencodedPayload()],
    [
      "a token that brings its own key",
      jwt(claims(), { header: { alg: "HS256", jwk: { kty: "oct", k: "AA" } }, secret: "\0" }),
    ],
    ["a token without its signature", `${header}.${payload}.`],
    ["a signature under other claims", `${header}.${other}.${signature}`],
    ["a token without the end of its signature", signed.slice(0, -4)],
    ["a token of two parts", `${header}.${payload}`],
    ["a token of four parts", `${signed}.${signature}`],
    ["a token behind white space", ` ${signed}`],
    ["an empty token", ""],
    ["a token of two dots", ".."],
    ["a token beyond ASCII", "é.é.é"],
    ["a token with a lone surrogate", `${header}.${payload}.\ud83e`],
    ["a text that is not a JWT", "test_token_1"],
  ])("[CO5] %s", async (_, token) => {
    expect(await verify(token)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] a token signed with a key pair, also where the public key is the secret", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const text = `${encodePart({ alg: "RS256" })}.${payload}`;
    const ofThePair = sign("sha256", Buffer.from(text), privateKey).toString("base64url");
    expect(await verify(`${text}.${ofThePair}`)).toEqual(failed("auth.invalid"));
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await verifyWith(pem, `${text}.${ofThePair}`, null)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] every token where the secret is empty", async () => {
    const token = jwt(claims(), { secret: "" });
    expect(await verifyWith("", token, null)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] whatever else a client presents, with a value and never a rejection", async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString("base64url")),
    );
    const anyToken = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join(".")),
      fc.jsonValue().map((value) => jwt(value, { secret: "not ours" })),
      fc.jsonValue().map((value) => jwt(claims(), { header: value, secret: "not ours" })),
    );
    await fc.assert(
      fc.asyncProperty(anyToken, async (token) => {
        expect(await verify(token, null)).toEqual(failed("auth.invalid"));
      }),
      { numRuns: 300 },
    );
  });

  it("[CO1] [CO5] or accepts any claims that were signed, with a value and never a rejection", async () => {
    const anyClaims = fc.record(
      {
        sub: fc.oneof(fc.constant("alice"), fc.jsonValue()),
        exp: fc.oneof(fc.constant(NOW + 60), fc.double(), fc.jsonValue()),
        nbf: fc.oneof(fc.integer(), fc.jsonValue()),
        targets: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(anyClaims, async (more) => {
        const verified = await verify(jwt(more), null);
        if (verified.ok) expect(verified.value.expiresAtMs).toBeGreaterThan(NOW_MS);
        else expect(["auth.invalid", "auth.expired"]).toContain(verified.failure);
      }),
      { numRuns: 300 },
    );
  });
});

/** The claims of a good token, but for a byte in `sub` that no UTF-8 has. */
function notUtf8(): Buffer {
  const bytes = Buffer.from(JSON.stringify(claims({ sub: "alice?" })));
  bytes[bytes.indexOf("?")] = 0xff;
  return bytes;
}

function withAlgorithm(alg: string, hash: "sha384" | "sha512"): string {
  const text = `${encodePart({ alg })}.${encodePart(claims())}`;
  return `${text}.${hmac(hash, SECRET, text)}`;
}
