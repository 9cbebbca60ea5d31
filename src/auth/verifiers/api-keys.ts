/** API keys: the `client_id:token` pairs of the configuration. */
import { parseClientId, type ClientId } from "../../protocol/client-id.ts";
import { MAX_TOKEN_CHARS } from "../../protocol/limits.ts";
import { success } from "../../protocol/result.ts";
import { digest, isSameDigest } from "../digest.ts";
import type { Verifier } from "./verifier.ts";

export interface ApiKey {
  readonly clientId: ClientId;
  readonly token: string;
}

/** Splits a pair at its first colon: tokens may hold colons, and client ids of API keys may not. null: not a pair. */
export function parseApiKey(pair: string): ApiKey | null {
  const colon = pair.indexOf(":");
  const clientId = parseClientId(pair.slice(0, Math.max(colon, 0)));
  const token = pair.slice(colon + 1);
  if (clientId === null || token === "" || token.length > MAX_TOKEN_CHARS) return null;
  return { clientId, token };
}

/**
 * Grants what the matching key grants: its client, every target, for ever. The verifier compares the token with every key,
 * so that the time it takes does not depend on which key matches, or whether any does (CO5).
 */
export function apiKeyVerifier(keys: readonly ApiKey[]): Verifier {
  const digestedKeys = keys.map(({ clientId, token }) => ({ clientId, digest: digest(token) }));
  return (credentials) => {
    const presented = digest(credentials.token);
    let found: ClientId | null = null;
    for (const key of digestedKeys) {
      const isSameToken = isSameDigest(key.digest, presented);
      const isSameClient = credentials.clientId === null || credentials.clientId === key.clientId;
      if (isSameToken && isSameClient) found = key.clientId;
    }
    return found === null ? null : success({ clientId: found, targets: null, expiresAtMs: null });
  };
}
