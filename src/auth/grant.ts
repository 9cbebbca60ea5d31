/** What good credentials allow: who the client is, whom it may signal, and for how long. */
import type { ClientId } from "../protocol/client-id.ts";

export interface Grant {
  readonly clientId: ClientId;
  /** Client ids, or `prefix*`; null: everybody (SI7). */
  readonly targets: readonly string[] | null;
  /** The session ends then (SE3); null: never. */
  readonly expiresAtMs: number | null;
}

/** What a client shows, at the upgrade or in CONNECT. */
export interface Credentials {
  /** null: the token alone must say who this is (UP2). */
  readonly clientId: ClientId | null;
  readonly token: string;
}

export function allowsTarget(targets: Grant["targets"], target: ClientId): boolean {
  if (targets === null) return true;
  return targets.some((allowed) =>
    allowed.endsWith("*") ? target.startsWith(allowed.slice(0, -1)) : target === allowed,
  );
}
