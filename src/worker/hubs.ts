/** Stubs of hubs. Every call to a hub starts here, in the configured jurisdiction and region. */
import type { Config } from "../config/keys.ts";
import type { Env } from "./services.ts";

type HubStub = ReturnType<Env["HUB"]["getByName"]>;

/**
 * A new stub for each call, since a stub that has failed once fails for ever. The platform repeats calls that did not reach
 * the object.
 */
export function hubStub(env: Env, config: Config, name: string): HubStub {
  return inJurisdiction(env.HUB, config).getByName(name, placementOptions(config));
}

/**
 * For signals, which must arrive in order: the platform would repeat a call up to five times in ten seconds, and by then a
 * later signal may have arrived. Without repetition the source learns of the failure at once (SI11).
 */
export function hubStubWithoutRetry(env: Env, config: Config, name: string): HubStub {
  const options = { ...placementOptions(config), retry: { maxRetries: 0 } };
  return inJurisdiction(env.HUB, config).getByName(name, options);
}

/** The objects of the configured jurisdiction. Objects of one name in two jurisdictions are two objects. */
export function inJurisdiction<Served extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Served>,
  { routing }: Config,
): DurableObjectNamespace<Served> {
  return routing.jurisdiction === "" ? namespace : namespace.jurisdiction(routing.jurisdiction);
}

/** The platform follows a location hint when it creates an object, and never moves the object afterwards. */
export function placementOptions({
  routing,
}: Config): DurableObjectNamespaceGetDurableObjectOptions {
  return routing.location_hint === "" ? {} : { locationHint: routing.location_hint };
}
