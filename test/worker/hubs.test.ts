/** The stubs of hubs and Ledgers: with which options the platform is asked for each. */
import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import type { Config } from "../../src/config/keys.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { hubStub, hubStubWithoutRetry } from "../../src/worker/hubs.ts";
import { ledgerOf } from "../../src/worker/ledgers.ts";

function configOf(variables: Record<string, string>): Config {
  const parsed = parseConfig({ ...env, ...variables });
  if (!parsed.ok) throw new Error(parsed.failure.join(", "));
  return parsed.value;
}

/** The options of the only stub that `ask` makes. */
function optionsAsked(ask: (watched: typeof env) => unknown): unknown {
  const getByName = vi.fn<(name: string, options?: unknown) => unknown>();
  const namespace = { getByName, jurisdiction: () => namespace };
  ask({ ...env, HUB: namespace, LEDGER: namespace } as unknown as typeof env);
  expect(getByName).toHaveBeenCalledTimes(1);
  return getByName.mock.calls[0]?.[1];
}

it("[SI11] The stub for signals has no retries of the platform, since a late signal would overtake a later one", async () => {
  const config = configOf({});
  const options = optionsAsked((watched) => hubStubWithoutRetry(watched, config, "h1of7"));
  expect(options).toEqual({ retry: { maxRetries: 0 } });
  // The platform accepts the option.
  const stub = hubStubWithoutRetry(env, config, "no client has come here");
  expect(await stub.deliver([])).toEqual([]);
});

it("The other stubs keep the retries of the platform, and all stubs have the configured location hint", () => {
  const config = configOf({ SIGNAL_MANAGER_ROUTING_LOCATION_HINT: "weur" });
  const place = { locationHint: "weur" };
  expect(optionsAsked((watched) => hubStub(watched, config, "main"))).toEqual(place);
  expect(optionsAsked((watched) => ledgerOf(watched, config, "main"))).toEqual(place);
  expect(optionsAsked((watched) => hubStubWithoutRetry(watched, config, "main"))).toEqual({
    ...place,
    retry: { maxRetries: 0 },
  });
});

it("The stubs of hubs and Ledgers are those of the configured jurisdiction", () => {
  const config = configOf({ SIGNAL_MANAGER_ROUTING_JURISDICTION: "eu" });
  const there = { getByName: vi.fn<(name: string) => unknown>() };
  const jurisdiction = vi.fn<(name: string) => unknown>(() => there);
  const namespace = { getByName: () => expect.unreachable("anywhere"), jurisdiction };
  const watched = { ...env, HUB: namespace, LEDGER: namespace } as unknown as typeof env;
  hubStub(watched, config, "main");
  hubStubWithoutRetry(watched, config, "main");
  ledgerOf(watched, config, "main");
  expect(jurisdiction.mock.calls).toEqual([["eu"], ["eu"], ["eu"]]);
  expect(there.getByName.mock.calls.map(([name]) => name)).toEqual(["main", "main", "ledger-0"]);
});
