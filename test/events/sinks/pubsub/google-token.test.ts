/** Tokens from a service account, compared with Google's own library. */
import { generateKeyPairSync } from "node:crypto";
import { JWTAccess } from "google-auth-library";
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  exchangedToken,
  selfSignedToken,
} from "../../../../src/events/sinks/pubsub/google-token.ts";
import type { Fetch } from "../../../../src/events/sinks/http-exchange.ts";
import { failed, success } from "../../../../src/protocol/result.ts";
import { EVENT_AT_MS } from "../../../support/events.ts";
import { makeServiceAccount } from "../../../support/service-account.ts";
import { after } from "../../../../src/worker/timer.ts";

const { account, publicKey } = makeServiceAccount();
const TOKEN_URL = "https://oauth2.googleapis.com/token";
const IAT = EVENT_AT_MS / 1000 - 20;

afterEach(() => void vi.useRealTimers());

describe("selfSignedToken", () => {
  it("makes byte for byte the token that Google's own library makes at that second", async () => {
    // Ours is backdated, theirs is not.
    vi.useFakeTimers({ now: IAT * 1000, toFake: ["Date"] });
    const oracle = new JWTAccess(account.clientEmail, account.privateKey, account.privateKeyId);
    const scope = "https://www.googleapis.com/auth/pubsub";
    const headers = oracle.getRequestHeaders(undefined, undefined, scope);
    const minted = await selfSignedToken(account, () => EVENT_AT_MS)();
    expect(minted).toMatchObject({ ok: true });
    expect(`Bearer ${minted.ok ? minted.value.text : ""}`).toBe(headers.get("authorization"));
  });

  it("makes a token for an hour that began twenty seconds ago", async () => {
    const minted = await selfSignedToken(account, () => EVENT_AT_MS + 999)();
    const text = minted.ok ? minted.value.text : "";
    const { payload } = await jwtVerify(text, await importSPKI(publicKey, "RS256"), {
      currentDate: new Date(EVENT_AT_MS),
    });
    expect(payload).toMatchObject({ iat: IAT, exp: IAT + 3600 });
    expect(payload).not.toHaveProperty("aud");
    expect(minted).toMatchObject({ value: { expiresAtMs: (IAT + 3600) * 1000 } });
  });

  it.each([
    ["an elliptic curve", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
    ["1024 bits", generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey],
  ])("fails for a key of %s, with a reason that shows nothing of the key", async (_, key) => {
    const privateKey = key.export({ type: "pkcs8", format: "pem" }).toString();
    expect(await selfSignedToken({ ...account, privateKey }, () => EVENT_AT_MS)()).toEqual(
      failed({
        kind: "blocked",
        reason: "token: the service account's private_key cannot sign RS256",
      }),
    );
  });
});

describe("exchangedToken", () => {
  it("sends a signed assertion, and takes the token's life from the answer", async () => {
    const asked: { url: string; form: URLSearchParams }[] = [];
    const minted = await exchanged((url, init) => {
      asked.push({ url, form: new URLSearchParams(String(init.body)) });
      return Promise.resolve(
        Response.json({ access_token: "ya29.x", expires_in: 3599, token_type: "Bearer" }),
      );
    });
    expect(minted).toEqual(success({ text: "ya29.x", expiresAtMs: EVENT_AT_MS + 3_599_000 }));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe(TOKEN_URL);
    expect(asked[0]?.form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const assertion = asked[0]?.form.get("assertion") ?? "";
    await jwtVerify(assertion, await importSPKI(publicKey, "RS256"), {
      currentDate: new Date(EVENT_AT_MS),
    });
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: "RS256" });
    expect(decodeJwt(assertion)).toEqual({
      iss: account.clientEmail,
      scope: "https://www.googleapis.com/auth/pubsub",
      aud: TOKEN_URL,
      exp: IAT + 3600,
      iat: IAT,
    });
  });

  it.each<[number, unknown, object]>([
    [
      400,
      { error: "invalid_grant", error_description: "Invalid JWT Signature." },
      { kind: "blocked", reason: "token: 400 invalid_grant Invalid JWT Signature." },
    ],
    [401, { error: "invalid_client" }, { kind: "blocked", reason: "token: 401 invalid_client" }],
    [403, "<html>", { kind: "blocked", reason: "token: 403" }],
    [429, {}, { kind: "retry", reason: "token: 429" }],
    [500, { error: "internal_failure" }, { kind: "retry", reason: "token: 500 internal_failure" }],
    [200, {}, { kind: "retry", reason: "token: 200 without access_token and expires_in" }],
    [200, { access_token: "", expires_in: 1 }, { kind: "retry" }],
    [200, { access_token: "x", expires_in: "1" }, { kind: "retry" }],
  ])("fails for the answer %i %j", async (status, body, failure) => {
    const minted = await exchanged(() => Promise.resolve(Response.json(body, { status })));
    expect(minted).toMatchObject({ ok: false, failure });
  });

  it("fails with retry if no answer comes", async () => {
    expect(await exchanged(() => Promise.reject(new TypeError("fetch failed")))).toEqual(
      failed({ kind: "retry", reason: "token: network: fetch failed", retryAfterMs: null }),
    );
    expect(await exchanged(() => new Promise(() => undefined), 20)).toEqual(
      failed({ kind: "retry", reason: "token: no answer within 20 ms", retryAfterMs: null }),
    );
  });
});

function exchanged(fetch: Fetch, timeoutMs = 10_000) {
  return exchangedToken(account, {
    fetch,
    after,
    tokenUrl: TOKEN_URL,
    timeoutMs,
    now: () => EVENT_AT_MS,
  })();
}
