/** `client_id:token` pairs of the configuration. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ClientId } from "../protocol/client-id.ts";
import type { Credentials, Grant } from "./grant.ts";

export interface ApiKey {
  readonly clientId: ClientId;
  readonly token: string;
}

/**
 * A function from credentials to the grant of the key that they show, or null. It takes the same time whichever key
 * fits, or none: every key is compared, by digests of equal length, which are made once.
 */
export function apiKeyFinder(keys: readonly ApiKey[]): (credentials: Credentials) => Grant | null {
  const digested = keys.map((key) => ({ clientId: key.clientId, digest: digest(key.token) }));
  return (credentials) => {
    const shown = digest(credentials.token);
    let found: ClientId | null = null;
    for (const key of digested) {
      const sameToken = timingSafeEqual(key.digest, shown);
      const sameClient = credentials.clientId === null || credentials.clientId === key.clientId;
      if (sameToken && sameClient) found = key.clientId;
    }
    return found === null ? null : { clientId: found, targets: null, expiresAtMs: null };
  };
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
