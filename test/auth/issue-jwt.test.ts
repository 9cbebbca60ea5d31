/** Issued tokens: those that `npm run token` prints and that the admin API answers. */
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "../../src/auth/authenticator.ts";
import { deterministicCrypto } from "../../src/auth/deterministic-crypto.ts";
import { issueJwt } from "../../src/auth/jwt.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import { hmac, NOW, NOW_MS, SECRET } from "../support/hand-made-jwt.ts";

const authenticate = createAuthenticator({ apiKeys: [], tokenSecret: SECRET });

/** For zoë, for an hour that begins in the middle of a second. */
function issue(targets?: readonly string[]): Promise<string> {
  const claims = { clientId: clientId("zoë"), ...(targets && { targets }) };
  return issueJwt(SECRET, claims, 3600, NOW_MS + 999);
}

it("[CO1] An issued token is a JWT with HS256, whose claims say who may connect and until when", async () => {
  const [header = "", payload = "", signature] = (await issue()).split(".");
  expect(decodePart(header)).toEqual({ alg: "HS256", typ: "JWT" });
  expect(decodePart(payload)).toEqual({ sub: "zoë", iat: NOW, exp: NOW + 3600 });
  expect(signature).toBe(hmac("sha256", SECRET, `${header}.${payload}`));
});

it("[CO1] A token issued with the cryptography of simulations is accepted with it, and only with it", async () => {
  const claims = { clientId: clientId("zoë") };
  const token = await issueJwt(SECRET, claims, 3600, NOW_MS, deterministicCrypto);
  const settings = { apiKeys: [], tokenSecret: SECRET };
  const simulated = createAuthenticator(settings, deterministicCrypto);
  expect(await simulated({ token, clientId: null }, NOW_MS)).toMatchObject({
    value: { clientId: "zoë" },
  });
  expect(await authenticate({ token, clientId: null }, NOW_MS)).toEqual(failed("auth.invalid"));
});

describe.each([[undefined], [[]], [["bob", "team-*"]]])("a token with targets %j", (targets) => {
  it("[SI7] is accepted from its client, with these targets", async () => {
    const token = await issue(targets);
    expect(await authenticate({ token, clientId: clientId("zoë") }, NOW_MS)).toEqual(
      success({ clientId: "zoë", targets: targets ?? null, expiresAtMs: (NOW + 3630) * 1000 }),
    );
  });

  it("[CO5] is refused from another client", async () => {
    const token = await issue(targets);
    const outcome = await authenticate({ token, clientId: clientId("zoe") }, NOW_MS);
    expect(outcome).toEqual(failed("auth.invalid"));
  });

  it("[UP2] consists of characters that a subprotocol may have", async () => {
    expect(await issue(targets)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

function decodePart(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
