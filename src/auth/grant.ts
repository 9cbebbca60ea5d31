/** Credentials, and the grant that good ones earn: who the client is, whom it may signal, and until when. */
import type { ClientId } from "../protocol/client-id.ts";

export interface Grant {
  readonly clientId: ClientId;
  /** Client ids, or prefixes written as `prefix*`; null: the client may signal everybody (SI7). */
  readonly targets: readonly string[] | null;
  /** When the session ends (SE3); null: never. */
  readonly expiresAtMs: number | null;
}

/** What a client presents, at the upgrade or in CONNECT. */
export interface Credentials {
  /** null: the token alone says who the client is (UP2). */
  readonly clientId: ClientId | null;
  readonly token: string;
}

/** Why credentials earn no grant (CO5, SE3). */
export type AuthFault = "auth.invalid" | "auth.expired";

/** Whether a grant with these targets lets its client signal `target` (SI7). */
export function allowsTarget(targets: Grant["targets"], target: ClientId): boolean {
  if (targets === null) return true;
  return targets.some((allowed) =>
    allowed.endsWith("*") ? target.startsWith(allowed.slice(0, -1)) : target === allowed,
  );
}
