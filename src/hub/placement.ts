/** Which hub a client id belongs to. Pure, and the same everywhere: the hub that owns an id is its only home. */
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { fnv1a } from "../protocol/fnv1a.ts";

/** One hub, a number of them, or one for every client id. */
export type Hubs = number | "per-client";

/** In the order of names it stands before every hub of one client, and these stand together. */
export const PER_CLIENT_PREFIX = "client:";

/** The name says the number of hubs: an id keeps its hub while N stays, and no hub of another N is taken for it. */
export function hubNameOf(clientId: ClientId, hubs: Hubs): string {
  if (hubs === "per-client") return `${PER_CLIENT_PREFIX}${clientId}`;
  return hubs === 1 ? "main" : `h${fnv1a(clientId) % hubs}of${hubs}`;
}

/** Whether a hub of this name is the hub of one client alone. */
export function isPerClientHub(name: string): boolean {
  return name.startsWith(PER_CLIENT_PREFIX);
}

/** The client whose hub this is alone; null: the hub is no client's. */
export function clientOfHub(name: string): ClientId | null {
  return isPerClientHub(name) ? parseClientId(name.slice(PER_CLIENT_PREFIX.length)) : null;
}

/** Whether a hub of this name has a place among so many. One that has none was left behind by another number. */
export function isCurrentHub(name: string, hubs: Hubs): boolean {
  if (hubs === "per-client") return isPerClientHub(name);
  if (hubs === 1) return name === "main";
  return new RegExp(`^h\\d+of${hubs}$`).test(name);
}
