import { generateKeyPairSync, sign } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyJwt } from "../../src/auth/jwt.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import {
  claims,
  encodePart,
  hmac,
  jwt,
  NOW,
  NOW_MS,
  SECRET,
  type Claims,
} from "../support/hand-made-jwt.ts";

const SKEW_SECONDS = 30;

/** 1e999 is JSON for no number that there is. */
function neverExpiring(): string {
  const payload = Buffer.from('{"sub":"alice","exp":1e999}').toString("base64url");
  const signed = `${encodePart({ alg: "HS256" })}.${payload}`;
  return `${signed}.${hmac("sha256", SECRET, signed)}`;
}

function verify(token: string, id: string | null = "alice", nowMs = NOW_MS) {
  return verifyJwt(SECRET, { token, clientId: id === null ? null : clientId(id) }, nowMs);
}

describe("a good token", () => {
  it("[CO1] [SI7] grants its client, everybody as target, until it expires", async () => {
    expect(await verify(jwt())).toEqual(
      success({
        clientId: "alice",
        targets: null,
        expiresAtMs: (NOW + 3600 + SKEW_SECONDS) * 1000,
      }),
    );
  });

  it.each<[string, Claims]>([
    ["without iat", { iat: undefined }],
    ["with claims that nobody reads", { iss: "x", aud: ["y"], jti: "z", admin: true }],
    ["with a nbf that has come", { nbf: NOW }],
    ["with a nbf that comes within the skew", { nbf: NOW + SKEW_SECONDS }],
    ["with an iat in the future, which is no promise", { iat: NOW + 3600 }],
    ["with an expiry in fractions", { exp: NOW + 0.5 }],
  ])("[CO1] is one %s", async (_, more) => {
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

  it("[UP2] says alone who the client is, where nothing else does", async () => {
    const token = jwt(claims({ sub: "zoë 🦊" }));
    expect(await verify(token, null)).toMatchObject({ ok: true, value: { clientId: "zoë 🦊" } });
  });

  it.each([[[]], [["bob"]], [["bob", "team-*", "*"]]])(
    "[SI7] allows the targets %j",
    async (targets) => {
      expect(await verify(jwt(claims({ targets })))).toMatchObject({
        ok: true,
        value: { targets },
      });
    },
  );

  it.each([
    ["at its expiry", NOW],
    ["one second before the skew is over", NOW - SKEW_SECONDS + 1],
  ])("[SE3] is one %s", async (_, exp) => {
    const expiresAtMs = (exp + SKEW_SECONDS) * 1000;
    expect(await verify(jwt(claims({ exp })))).toMatchObject({ ok: true, value: { expiresAtMs } });
    expect(expiresAtMs).toBeGreaterThan(NOW_MS);
  });
});

describe("an expired token", () => {
  it.each([
    ["when the skew is over", NOW - SKEW_SECONDS],
    ["a day ago", NOW - 86_400],
    ["in 1970", 0],
    ["before", -1],
  ])("[SE3] is told from a wrong one: expired %s", async (_, exp) => {
    expect(await verify(jwt(claims({ exp })))).toEqual(failed("auth.expired"));
  });

  it("[SE3] is no session, to the millisecond, from when it would end one", async () => {
    const token = jwt(claims({ exp: NOW }));
    const endsAtMs = (NOW + SKEW_SECONDS) * 1000;
    expect(await verify(token, "alice", endsAtMs - 1)).toMatchObject({
      value: { expiresAtMs: endsAtMs },
    });
    expect(await verify(token, "alice", endsAtMs)).toEqual(failed("auth.expired"));
  });

  it("[SE3] [CO5] with a wrong signature is a wrong one: nothing is said of what nobody signed", async () => {
    const token = jwt(claims({ exp: NOW - 86_400 }), { secret: `${SECRET}!` });
    expect(await verify(token)).toEqual(failed("auth.invalid"));
  });
});

describe("a wrong token", () => {
  const signed = jwt();
  const [header = "", payload = "", signature = ""] = signed.split(".");
  const other = encodePart(claims({ sub: "mallory" }));

  it.each<[string, string]>([
    [
      "signed with another secret",
      jwt(claims(), { secret: "another secret of at least 32 bytes" }),
    ],
    ["signed with no secret", jwt(claims(), { secret: "" })],
    ["without exp", jwt(claims({ exp: undefined }))],
    ["with an exp that is text", jwt(claims({ exp: String(NOW + 3600) }))],
    ["with an exp of null", jwt(claims({ exp: null }))],
    ["with an exp that is never", neverExpiring()],
    ["without sub", jwt(claims({ sub: undefined }))],
    ["with a sub that is no text", jwt(claims({ sub: 7 }))],
    ["with an empty sub", jwt(claims({ sub: "" }))],
    ["with a sub of 129 characters", jwt(claims({ sub: "x".repeat(129) }))],
    ["with a control character in sub", jwt(claims({ sub: "al\nice" }))],
    ["with a lone surrogate in sub", jwt(claims({ sub: "\ud83e" }))],
    ["of another client", jwt(claims({ sub: "mallory" }))],
    ["of a client of other case", jwt(claims({ sub: "Alice" }))],
    ["before its nbf", jwt(claims({ nbf: NOW + SKEW_SECONDS + 1 }))],
    ["with a nbf that is text", jwt(claims({ nbf: "now" }))],
    ["with targets that are no list", jwt(claims({ targets: "*" }))],
    ["with targets that are an object", jwt(claims({ targets: { 0: "bob" } }))],
    ["with a target that is no text", jwt(claims({ targets: ["bob", 7] }))],
    ["with a target of null", jwt(claims({ targets: [null] }))],
    ["whose claims are a list", jwt([claims()])],
    ["whose claims are null", jwt(null)],
    ["with alg none and no signature", `${encodePart({ alg: "none" })}.${payload}.`],
    ["with alg none and a signature", jwt(claims(), { header: { alg: "none" } })],
    ["with alg NONE", `${encodePart({ alg: "NONE" })}.${payload}.`],
    ["without alg", jwt(claims(), { header: { typ: "JWT" } })],
    ["with alg hs256", jwt(claims(), { header: { alg: "hs256" } })],
    ["with alg HS512, rightly signed", withAlgorithm("HS512", "sha512")],
    ["with alg HS384, rightly signed", withAlgorithm("HS384", "sha384")],
    ["with alg RS256, signed with the secret", jwt(claims(), { header: { alg: "RS256" } })],
    [
      "with a critical header that nobody knows",
      jwt(claims(), { header: { alg: "HS256", crit: ["x"], x: 1 } }),
    ],
    [
      "with a key of its own",
      jwt(claims(), { header: { alg: "HS256", jwk: { kty: "oct", k: "AA" } }, secret: "\0" }),
    ],
    ["without its signature", `${header}.${payload}.`],
    ["with claims of another token", `${header}.${other}.${signature}`],
    ["with a cut signature", signed.slice(0, -4)],
    ["of two parts", `${header}.${payload}`],
    ["of four parts", `${signed}.${signature}`],
    ["with white space", ` ${signed}`],
    ["that is empty", ""],
    ["of dots", ".."],
    ["beyond ASCII", "é.é.é"],
    ["with a lone surrogate", `${header}.${payload}.\ud83e`],
    ["that is garbage", "test_token_1"],
  ])("[CO5] is one %s", async (_, token) => {
    expect(await verify(token)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] is one that is signed with a key pair, and one signed with its public key as the secret", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const text = `${encodePart({ alg: "RS256" })}.${payload}`;
    const ofThePair = sign("sha256", Buffer.from(text), privateKey).toString("base64url");
    expect(await verify(`${text}.${ofThePair}`)).toEqual(failed("auth.invalid"));
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const credentials = { token: `${text}.${ofThePair}`, clientId: null };
    expect(await verifyJwt(pem, credentials, NOW_MS)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] is any token, where the secret is empty", async () => {
    const credentials = { token: jwt(claims(), { secret: "" }), clientId: null };
    expect(await verifyJwt("", credentials, NOW_MS)).toEqual(failed("auth.invalid"));
  });

  it("[CO5] is a value, whatever was shown: nothing rejects", async () => {
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

  it("[CO1] [CO5] is a value, whatever claims were signed", async () => {
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

function withAlgorithm(alg: string, hash: "sha384" | "sha512"): string {
  const text = `${encodePart({ alg })}.${encodePart(claims())}`;
  return `${text}.${hmac(hash, SECRET, text)}`;
}
