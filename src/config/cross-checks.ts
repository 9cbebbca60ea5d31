/**
 * The conditions between keys, and those on texts that every kind accepts. A check runs if its own keys could be parsed,
 * whatever is wrong with other keys: so one fault hides no other.
 */
import { isOriginEntry } from "../auth/origins.ts";
import type { ApiKey } from "../auth/verifiers/api-keys.ts";
import { findEventFaults } from "./event-checks.ts";
import type { PartialConfig } from "./keys.ts";

/** The published test credentials, as pairs: this repository shows them to everybody, so a deployed service refuses them. */
const PUBLIC_API_KEYS = new Set(["test_client_1:test_token_1", "test_client_2:test_token_2"]);

/** The published placeholder for a secret, which a deployed service refuses for the same reason. */
export const PUBLIC_TOKEN_SECRET = "your-secret-key-change-in-production";

export function isPublicApiKey({ clientId, token }: ApiKey): boolean {
  return PUBLIC_API_KEYS.has(`${clientId}:${token}`);
}

/** RFC 7518, 3.2: a key for HS256 must have at least the size of the hash. */
export const MIN_SECRET_BYTES = 32;

/** 128 bits: nobody guesses a random token of this length. */
const MIN_BEARER_BYTES = 16;

/** Each fault as one sentence that begins with the key's name. */
export function findCrossFaults(config: PartialConfig): string[] {
  return [
    ...tlsFaults(config),
    ...originFaults(config),
    ...findEventFaults(config),
    ...bearerFaults(config),
    // Where `development` could not be parsed, it may have been meant to be true.
    ...(config.server.development === false
      ? [...publishedFaults(config), ...guessableFaults(config)]
      : []),
  ];
}

function tlsFaults({ server: { tls_cert_path, tls_key_path } }: PartialConfig): string[] {
  if (tls_cert_path === undefined || tls_key_path === undefined) return [];
  return (tls_cert_path === "") === (tls_key_path === "")
    ? []
    : ["server.tls_cert_path and server.tls_key_path go together: set both or neither"];
}

function originFaults({ server: { allowed_origins = [] } }: PartialConfig): string[] {
  return allowed_origins
    .filter((origin) => !isOriginEntry(origin))
    .map(
      (origin) =>
        `server.allowed_origins must hold origins like "https://example.com" or "*", got ${JSON.stringify(origin)}`,
    );
}

function publishedFaults({ auth: { api_keys = [], token_secret = "" } }: PartialConfig): string[] {
  const faults = api_keys
    .filter(isPublicApiKey)
    .map(
      ({ clientId }) =>
        `auth.api_keys holds the published test credentials of ${clientId}, which everybody knows: remove them`,
    );
  if (token_secret === PUBLIC_TOKEN_SECRET) {
    faults.push(
      "auth.token_secret is the published placeholder, which everybody knows: replace it",
    );
  } else if (token_secret !== "" && byteLength(token_secret) < MIN_SECRET_BYTES) {
    faults.push(
      `auth.token_secret must be at least ${MIN_SECRET_BYTES} bytes (try: openssl rand -base64 48)`,
    );
  }
  return faults;
}

/** A guessed admin token would give control of all sessions, and a guessed metrics token would give all numbers away. */
function guessableFaults(config: PartialConfig): string[] {
  return bearerTokens(config).flatMap(({ name, token }) =>
    token !== "" && byteLength(token) < MIN_BEARER_BYTES
      ? [`${name} must be at least ${MIN_BEARER_BYTES} bytes (try: openssl rand -base64 24)`]
      : [],
  );
}

/** A header cannot carry any other characters, so such a token would lock everybody out. */
function bearerFaults(config: PartialConfig): string[] {
  return bearerTokens(config).flatMap(({ name, token }) =>
    /^[\x21-\x7e]*$/.test(token) ? [] : [`${name} must be visible ASCII without spaces`],
  );
}

function bearerTokens({ admin, metrics }: PartialConfig) {
  return [
    { name: "admin.token", token: admin.token ?? "" },
    { name: "metrics.token", token: metrics.token ?? "" },
  ];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
