/** Hubs by name: where they are, and how they are called. The one place that makes a stub of a name. */
import type { Config } from "../config/keys.ts";
import { hubNameOf } from "../hub/placement.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Env } from "./env.ts";

type HubStub = ReturnType<Env["HUB"]["getByName"]>;

/** The name of the hub that an upgrade goes to; null: with several hubs, nobody knows without a client id. */
export function hubNameForUpgrade({ routing }: Config, clientId: ClientId | null): string | null {
  if (clientId !== null) return hubNameOf(clientId, routing.hubs);
  return routing.hubs === 1 ? "main" : null;
}

/** A stub of its own each time: after an error one is broken for good. The platform tries a call again that never arrived. */
export function hubStub(env: Env, config: Config, name: string): HubStub {
  return placed(env.HUB, config).getByName(name, optionsOf(config));
}

/**
 * For signals, in order: without the platform's own retries, up to five in ten seconds. A signal that was tried again could
 * overtake its successor; its sender is told at once, and decides.
 */
export function hubStubWithoutRetry(env: Env, config: Config, name: string): HubStub {
  const options = { ...optionsOf(config), retry: { maxRetries: 0 } };
  return placed(env.HUB, config).getByName(name, options);
}

/** The namespace in the jurisdiction that is configured: objects of one jurisdiction are not those of another. */
export function placed<Served extends Rpc.DurableObjectBranded>(
  namespace: DurableObjectNamespace<Served>,
  { routing }: Config,
): DurableObjectNamespace<Served> {
  return routing.jurisdiction === "" ? namespace : namespace.jurisdiction(routing.jurisdiction);
}

/** The platform honours a hint when it creates the object, and never moves it. */
export function optionsOf({ routing }: Config): DurableObjectNamespaceGetDurableObjectOptions {
  return routing.location_hint === "" ? {} : { locationHint: routing.location_hint };
}
