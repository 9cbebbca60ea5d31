/** The tokens that `npm run token` prints. */
import { describe, expect, it } from "vitest";
import { issueJwt, verifyJwt } from "../../src/auth/jwt.ts";
import { failed, success } from "../../src/protocol/result.ts";
import { clientId } from "../support/client-ids.ts";
import { hmac, NOW, NOW_MS, SECRET } from "../support/hand-made-jwt.ts";

/** For zoë, an hour from the middle of a second. */
function issue(targets?: readonly string[]): Promise<string> {
  const claims = { clientId: clientId("zoë"), ...(targets && { targets }) };
  return issueJwt(SECRET, claims, 3600, NOW_MS + 999);
}

it("[CO1] is HS256 over the claims that CONNECT wants, and lives as long as was asked", async () => {
  const [header = "", payload = "", signature] = (await issue()).split(".");
  expect(decodePart(header)).toEqual({ alg: "HS256", typ: "JWT" });
  expect(decodePart(payload)).toEqual({ sub: "zoë", iat: NOW, exp: NOW + 3600 });
  expect(signature).toBe(hmac("sha256", SECRET, `${header}.${payload}`));
});

describe.each([[undefined], [[]], [["bob", "team-*"]]])("with targets %j", (targets) => {
  it("[SI7] opens the door to its client", async () => {
    const token = await issue(targets);
    expect(await verifyJwt(SECRET, { token, clientId: clientId("zoë") }, NOW_MS)).toEqual(
      success({ clientId: "zoë", targets: targets ?? null, expiresAtMs: (NOW + 3630) * 1000 }),
    );
  });

  it("[CO5] opens it to no other", async () => {
    const token = await issue(targets);
    const outcome = await verifyJwt(SECRET, { token, clientId: clientId("zoe") }, NOW_MS);
    expect(outcome).toEqual(failed("auth.invalid"));
  });

  it("[UP2] is made of the characters that a subprotocol may have", async () => {
    expect(await issue(targets)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});

function decodePart(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}
