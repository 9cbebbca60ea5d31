/** Which hub is home to a client id. Pure, and the same everywhere: a client id has exactly one home. */
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { fnv1a } from "../protocol/fnv1a.ts";

/** `routing.hubs`: one hub, a number of hubs, or one hub per client id. */
export type Hubs = number | "per-client";

const ONLY_HUB = "main";

/** The hubs of single clients stand together in the order of names, behind this prefix. */
export const PER_CLIENT_PREFIX = "client:";

/** The name holds the number of hubs: a client id keeps its hub while N stays, and no hub of another N is mistaken for it. */
export function hubNameOf(clientId: ClientId, hubs: Hubs): string {
  if (hubs === "per-client") return `${PER_CLIENT_PREFIX}${clientId}`;
  return hubs === 1 ? ONLY_HUB : `h${fnv1a(clientId) % hubs}of${hubs}`;
}

/** The hub that an upgrade goes to; null: there are several hubs, and the upgrade names no client id (UP8). */
export function hubNameForUpgrade(clientId: ClientId | null, hubs: Hubs): string | null {
  if (clientId !== null) return hubNameOf(clientId, hubs);
  return hubs === 1 ? ONLY_HUB : null;
}

/** Whether the hub of this name serves a single client. */
export function isPerClientHub(name: string): boolean {
  return name.startsWith(PER_CLIENT_PREFIX);
}

/** The client whose own hub this is; null: the hub belongs to no single client. */
export function clientOfHub(name: string): ClientId | null {
  return isPerClientHub(name) ? parseClientId(name.slice(PER_CLIENT_PREFIX.length)) : null;
}

/** Whether the hub of this name has a place among so many hubs. A former number of hubs leaves hubs without one. */
export function isCurrentHub(name: string, hubs: Hubs): boolean {
  if (hubs === "per-client") return isPerClientHub(name);
  if (hubs === 1) return name === ONLY_HUB;
  return new RegExp(`^h\\d+of${hubs}$`).test(name);
}
