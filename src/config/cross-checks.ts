/**
 * What must hold between keys, and inside those with a syntax of their own. A check runs if its own keys were parsed:
 * what is wrong elsewhere hides no fault here.
 */
import { failed, success, type Result } from "../protocol/result.ts";
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import { findEventFaults } from "./event-checks.ts";
import type { PartialConfig } from "./keys.ts";

/** The document's test credentials and placeholder: known to everybody, so nobody's once deployed. */
export const PUBLIC_API_KEYS = ["test_client_1:test_token_1", "test_client_2:test_token_2"];
export const PUBLIC_TOKEN_SECRET = "your-secret-key-change-in-production";

/** RFC 7518 section 3.2: a key of the hash's size or larger MUST be used. */
export const MIN_SECRET_BYTES = 32;

/** 128 bits of chance. */
const MIN_BEARER_BYTES = 16;

export function findCrossFaults(config: PartialConfig): string[] {
  return [
    ...tlsFaults(config),
    ...apiKeyFaults(config),
    ...originFaults(config),
    ...findEventFaults(config),
    ...bearerFaults(config),
    // Not known to be false, it may have been meant to be true.
    ...(config.server.development === false
      ? [...deployedFaults(config), ...guessableFaults(config)]
      : []),
  ];
}

function tlsFaults({ server: { tls_cert_path, tls_key_path } }: PartialConfig): string[] {
  if (tls_cert_path === undefined || tls_key_path === undefined) return [];
  return (tls_cert_path === "") === (tls_key_path === "")
    ? []
    : ["server.tls_cert_path and server.tls_key_path go together: set both or neither"];
}

/** A `client_id:token` pair, split at its first colon. */
export function parseApiKey(pair: string): Result<{ clientId: ClientId; token: string }, string> {
  const colon = pair.indexOf(":");
  const clientId = parseClientId(pair.slice(0, Math.max(colon, 0)));
  const token = pair.slice(colon + 1);
  if (clientId === null || token === "" || token.length > MAX_TOKEN_CHARS) {
    return failed("must be a client_id:token pair");
  }
  return success({ clientId, token });
}

function apiKeyFaults({ auth: { api_keys = [] } }: PartialConfig): string[] {
  const clientByToken = new Map<string, ClientId>();
  return api_keys.flatMap((pair, index) => {
    const parsed = parseApiKey(pair);
    if (!parsed.ok) return [`auth.api_keys[${index}] ${parsed.failure}`];
    const { clientId, token } = parsed.value;
    const other = clientByToken.get(token);
    clientByToken.set(token, clientId);
    // At the upgrade the token alone may say who the client is.
    return other !== undefined && other !== clientId
      ? [`auth.api_keys[${index}] has the token of another client: each needs its own`]
      : [];
  });
}

function originFaults({ server: { allowed_origins = [] } }: PartialConfig): string[] {
  return allowed_origins
    .filter((origin) => origin !== "*" && !isOrigin(origin))
    .map(
      (origin) =>
        `server.allowed_origins must hold origins like "https://example.com" or "*", got ${JSON.stringify(origin)}`,
    );
}

/** As a browser sends it. A `*` inside parses as a host, yet matches nobody: it is no pattern here. */
function isOrigin(origin: string): boolean {
  return URL.parse(origin)?.origin === origin && !origin.includes("*");
}

function deployedFaults({ auth: { api_keys = [], token_secret = "" } }: PartialConfig): string[] {
  const faults = api_keys.flatMap((pair, index) =>
    PUBLIC_API_KEYS.includes(pair)
      ? [
          `auth.api_keys[${index}] is one of the document's test credentials, which everybody knows: remove it`,
        ]
      : [],
  );
  if (token_secret === PUBLIC_TOKEN_SECRET) {
    faults.push(
      "auth.token_secret is the document's placeholder, which everybody knows: replace it",
    );
  } else if (token_secret !== "" && byteLength(token_secret) < MIN_SECRET_BYTES) {
    faults.push(
      `auth.token_secret must be at least ${MIN_SECRET_BYTES} bytes (try: openssl rand -base64 48)`,
    );
  }
  return faults;
}

/** The keys to all sessions, and to the numbers: nobody shall guess them. */
function guessableFaults({ admin, metrics }: PartialConfig): string[] {
  const tokens = { "admin.token": admin.token ?? "", "metrics.token": metrics.token ?? "" };
  return Object.entries(tokens).flatMap(([name, token]) =>
    token !== "" && byteLength(token) < MIN_BEARER_BYTES
      ? [`${name} must be at least ${MIN_BEARER_BYTES} bytes (try: openssl rand -base64 24)`]
      : [],
  );
}

/** What no header can say would shut everybody out. */
function bearerFaults({ admin, metrics }: PartialConfig): string[] {
  const tokens = { "admin.token": admin.token ?? "", "metrics.token": metrics.token ?? "" };
  return Object.entries(tokens).flatMap(([name, token]) =>
    /^[\x21-\x7e]*$/.test(token) ? [] : [`${name} must be visible ASCII without spaces`],
  );
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
