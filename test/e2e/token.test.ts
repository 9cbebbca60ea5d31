/** `npm run token`, as a shell calls it, and the service that takes what it prints. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeJwt } from "jose";
import { frame } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { issueToken, NodeService, npm } from "../support/node-service.ts";

const SHELL = { SIGNAL_MANAGER_AUTH_TOKEN_SECRET: "a secret that only this shell knows: $1 #2" };

let service: NodeService;
beforeAll(async () => {
  service = await NodeService.start(SHELL);
});
afterAll(() => service?.stop());

describe("npm run token", () => {
  it("prints nothing but a token, which is valid for auth.token_expiry", async () => {
    const token = await issueToken(["bob"]);
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const { sub, iat = 0, exp = 0, ...others } = decodeJwt(token);
    expect({ sub, lives: exp - iat, others }).toEqual({ sub: "bob", lives: 3600, others: {} });
  });

  it("prints a token that is valid for as long as --expires says", async () => {
    const { iat = 0, exp = 0 } = decodeJwt(await issueToken(["bob", "--expires", "60"]));
    expect(exp - iat).toBe(60);
  });

  it("[SI7] prints a token that may signal only the clients that --targets names", async () => {
    const token = await issueToken(["bob", "--targets", "test_client_2,b*"], SHELL);
    const bob = await NodeClient.open(service.url);
    await bob.expectAck(frame("CONNECT", { client_id: "bob", auth_token: token }));
    for (const [target, code] of [
      [idOf(1), 403],
      [idOf(2), 404],
      ["bill", 404],
    ]) {
      bob.send(frame("SIGNAL_OFFER", { target_client_id: target, signal_data: "" }));
      expect(await bob.next()).toMatchObject({ payload: { error_code: code } });
    }
  });

  it("[CO5] signs with the secret of its own shell, so that a service with another secret refuses the token", async () => {
    const token = await issueToken(["bob"]);
    const bob = await NodeClient.open(service.url);
    bob.send(frame("CONNECT", { client_id: "bob", auth_token: token }));
    expect(await bob.next()).toMatchObject({ payload: { error_code: 401 } });
  });

  it("warns on stderr of a secret that a deployed Worker refuses, and signs nevertheless", async () => {
    const run = npm(["run", "--silent", "token", "--", "bob"], {
      SIGNAL_MANAGER_AUTH_TOKEN_SECRET: "hunter2",
    });
    expect(await run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(run.stderr).toMatch(/auth\.token_secret has 7 bytes/);
    expect(run.stderr).not.toContain("hunter2");
  });

  it.each([
    [[], /give one client id/],
    [["bob", "--expires", "soon"], /--expires must be a whole number/],
    [["bob", "--expires", "-4"], /--expires must be a whole number .* got "-4"/],
    [["bob", "--until", "tomorrow"], /--until/],
  ])("with %j explains itself on stderr, and ends with 2", async (args, complaint) => {
    const run = npm(["run", "--silent", "token", "--", ...args]);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr).toMatch(complaint);
    expect(run.stderr).toContain("CLIENT_ID [--expires SECONDS] [--targets LIST]");
    expect(run.stdout).toBe("");
  });

  it("reports a missing secret, and ends with 1", async () => {
    const run = npm(["run", "--silent", "token", "--", "bob"], {
      SIGNAL_MANAGER_AUTH_TOKEN_SECRET: "",
    });
    expect(await run.exitCode).toBe(1);
    expect(run.stderr).toContain("auth.token_secret is empty");
    expect(run.stdout).toBe("");
  });
});
