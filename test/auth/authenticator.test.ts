/** The authenticator: every kind of credentials, and the order in which their verifiers are asked. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import { failed } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import { claims, jwt, NOW, NOW_MS, SECRET } from "../support/hand-made-jwt.ts";

const apiKeys = [{ clientId: clientId("alice"), token: "token-a" }];
const both = createAuthenticator({ apiKeys, tokenSecret: SECRET });
const keysOnly = createAuthenticator({ apiKeys, tokenSecret: "" });
const alice = clientId("alice");

describe("the authenticator", () => {
  it("[CO1] accepts an API key", async () => {
    expect(await both({ clientId: alice, token: "token-a" }, NOW_MS)).toMatchObject({
      value: { clientId: "alice", expiresAtMs: null },
    });
  });

  it("[CO1] accepts a signed token", async () => {
    expect(await both({ clientId: alice, token: jwt() }, NOW_MS)).toMatchObject({
      value: { clientId: "alice", expiresAtMs: (NOW + 3630) * 1000 },
    });
  });

  it("[SE3] answers an expired token with auth.expired", async () => {
    const token = jwt(claims({ exp: NOW - 3600 }));
    expect(await both({ clientId: alice, token }, NOW_MS)).toEqual(failed("auth.expired"));
  });

  it.each([
    ["a good token", jwt()],
    ["a token signed with an empty secret", jwt(claims(), { secret: "" })],
    ["an expired token", jwt(claims({ exp: 0 }))],
  ])("[CO5] refuses every signed token where no secret is configured: %s", async (_, token) => {
    expect(await keysOnly({ clientId: alice, token }, NOW_MS)).toEqual(failed("auth.invalid"));
  });

  it("[CO1] accepts tokens of at most 4,096 characters, API keys and signed ones", async () => {
    const keys = [4096, 4097].map((length) => ({ clientId: alice, token: "k".repeat(length) }));
    const authenticate = createAuthenticator({ apiKeys: keys, tokenSecret: SECRET });
    const outcomes = await Promise.all(keys.map((key) => authenticate(key, NOW_MS)));
    expect(outcomes).toMatchObject([{ ok: true }, failed("auth.invalid")]);
    const padding = 4096 - jwt(claims({ pad: "" })).length;
    const padded = [0, 1, 2, 3, 4].map((more) =>
      jwt(claims({ pad: "p".repeat(Math.floor(padding * 0.75) + more) })),
    );
    const fitting = await Promise.all(
      padded.map((token) => authenticate({ clientId: alice, token }, NOW_MS)),
    );
    expect(fitting.map(({ ok }) => ok)).toEqual(padded.map(({ length }) => length <= 4096));
    expect(new Set(fitting.map(({ ok }) => ok)).size).toBe(2);
  });

  it("[CO5] answers whatever it is given with a value, and never rejects", async () => {
    const anyId = fc.constantFrom(null, alice, clientId("🦊"));
    await fc.assert(
      fc.asyncProperty(
        anyId,
        fc.string({ unit: "binary", maxLength: 5000, size: "max" }),
        fc.double(),
        async (id, token, nowMs) => {
          const outcomes = [both, keysOnly].map((authenticate) =>
            authenticate({ clientId: id, token }, nowMs),
          );
          expect(await Promise.all(outcomes)).toEqual([
            failed("auth.invalid"),
            failed("auth.invalid"),
          ]);
        },
      ),
    );
  });
});
