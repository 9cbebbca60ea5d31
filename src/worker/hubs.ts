/** Which hub is whose: the one place that turns a client id into a stub. */
import type { ClientId } from "../protocol/client-id.ts";
import type { Env } from "./env.ts";
import type { HubObject } from "./hub-object.ts";

/** The one hub of this version. */
export const HUB_NAME = "main";

/** A stub of its own each time: after an error one is broken for good. */
export function hubOf(env: Env, _clientId: ClientId | null): DurableObjectStub<HubObject> {
  return env.HUB.getByName(HUB_NAME);
}
