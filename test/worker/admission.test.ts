/** The decision on an upgrade, as a pure function: what it asks, what it admits, and what it refuses first. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Grant } from "../../src/auth/grant.ts";
import type { Config } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { failed, success } from "../../src/protocol/result.ts";
import {
  decideAdmission,
  type KnownAnswers,
  type UpgradeFacts,
} from "../../src/worker/admission.ts";
import { clientId } from "../support/client-ids.ts";

const ANONYMOUS: UpgradeFacts = {
  origin: null,
  ownOrigin: "https://hub.example",
  address: null,
  credentials: success({ token: null, offersSubprotocol: false }),
  clientIds: [],
};
const WITH_TOKEN: UpgradeFacts = {
  ...ANONYMOUS,
  credentials: success({ token: "t", offersSubprotocol: true }),
};
const ALICE: Grant = { clientId: clientId("alice"), targets: null, expiresAtMs: null };

function configOf(variables: Readonly<Record<string, string>>): Config {
  const config = parseConfig({ ...env, SIGNAL_MANAGER_ROUTING_HUBS: "1", ...variables });
  if (!config.ok) throw new Error(config.failure.join("; "));
  return config.value;
}

function decide(
  facts: UpgradeFacts,
  known: KnownAnswers = {},
  variables: Readonly<Record<string, string>> = {},
) {
  return decideAdmission(facts, configOf(variables), known);
}

function statusOf(decision: ReturnType<typeof decide>): number | string {
  return decision.kind === "refused" ? decision.refusal.status : decision.kind;
}

describe("the decision on an upgrade", () => {
  it("[UP4] admits an anonymous client to the only hub", () => {
    expect(decide(ANONYMOUS)).toEqual({
      kind: "admitted",
      admission: { grant: null, clientId: null, offersSubprotocol: false, hub: "main" },
    });
  });

  it("[UP2] asks for the grant of a token, and admits the grant's client", () => {
    const facts = { ...WITH_TOKEN, clientIds: ["alice"] };
    expect(decide(facts)).toEqual({
      kind: "ask-grant",
      credentials: { clientId: "alice", token: "t" },
    });
    expect(decide(facts, { granted: success(ALICE) })).toEqual({
      kind: "admitted",
      admission: { grant: ALICE, clientId: "alice", offersSubprotocol: true, hub: "main" },
    });
  });

  it("[UP8] places a client by its grant or by the query's client id, and refuses one without either", () => {
    const hubs = { SIGNAL_MANAGER_ROUTING_HUBS: "per-client" };
    const hinted = { ...ANONYMOUS, clientIds: ["bob"] };
    expect(decide(hinted, {}, hubs)).toMatchObject({ admission: { hub: "client:bob" } });
    const granted = { granted: success(ALICE) };
    expect(decide(WITH_TOKEN, granted, hubs)).toMatchObject({ admission: { hub: "client:alice" } });
    expect(decide(ANONYMOUS, {}, hubs)).toMatchObject({ refusal: { status: 400 } });
  });

  it("[UP6] asks for the rate of an address, and refuses with Retry-After above it", () => {
    const facts = { ...ANONYMOUS, address: "203.0.113.7" };
    expect(decide(facts)).toEqual({ kind: "ask-rate", address: "203.0.113.7" });
    expect(statusOf(decide(facts, { isWithinRate: true }))).toBe("admitted");
    expect(decide(facts, { isWithinRate: false })).toMatchObject({
      refusal: { status: 429, headers: { "retry-after": "60" } },
    });
  });

  it.each(["auth.invalid", "auth.expired"] as const)(
    "[UP2] refuses with 401 where the grant is refused as %s",
    (fault) => {
      expect(decide(WITH_TOKEN, { granted: failed(fault) })).toMatchObject({
        refusal: { status: 401, headers: { "www-authenticate": "Bearer" } },
      });
    },
  );

  it("checks the origin, then the rate, then the form, then the credentials, and asks nothing before it must", () => {
    const variables = {
      SIGNAL_MANAGER_SERVER_ALLOWED_ORIGINS: "https://good.example",
      SIGNAL_MANAGER_AUTH_ANONYMOUS_UPGRADE: "false",
    };
    const badForm = { ...ANONYMOUS, credentials: failed("bad"), address: "a" };
    const known = { isWithinRate: true };
    const at = (facts: UpgradeFacts, answers: KnownAnswers) =>
      statusOf(decide(facts, answers, variables));
    expect(at({ ...badForm, origin: "https://bad.example" }, {})).toBe(403);
    expect(at({ ...badForm, origin: "https://good.example" }, {})).toBe("ask-rate");
    expect(at(badForm, { isWithinRate: false })).toBe(429);
    expect(at(badForm, known)).toBe(400);
    expect(at({ ...WITH_TOKEN, clientIds: ["a", "b"] }, known)).toBe(400);
    expect(at({ ...WITH_TOKEN, clientIds: [""] }, known)).toBe(400);
    expect(at(ANONYMOUS, known)).toBe(401);
    expect(at(WITH_TOKEN, known)).toBe("ask-grant");
  });
});
