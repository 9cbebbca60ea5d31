/** The one place where credentials become a grant, for both doors: the upgrade and CONNECT (design: "two doors"). */
import { failed, success, type Result } from "../protocol/result.ts";
import { MAX_TOKEN_CHARS } from "../protocol/limits.ts";
import { apiKeyFinder, type ApiKey } from "./api-keys.ts";
import type { Credentials, Grant } from "./grant.ts";
import { verifyJwt, type AuthFault } from "./jwt.ts";

/** MUST NOT reject: whatever the credentials, the answer is a value. */
export type Authenticate = (
  credentials: Credentials,
  nowMs: number,
) => Promise<Result<Grant, AuthFault>>;

export interface AuthSettings {
  readonly apiKeys: readonly ApiKey[];
  /** Empty: no signed token is accepted. */
  readonly tokenSecret: string;
}

export function createAuthenticator(settings: AuthSettings): Authenticate {
  const findApiKey = apiKeyFinder(settings.apiKeys);
  return async (credentials, nowMs) => {
    if (credentials.token.length > MAX_TOKEN_CHARS) return failed("auth.invalid");
    const keyed = findApiKey(credentials);
    if (keyed !== null) return success(keyed);
    if (settings.tokenSecret === "") return failed("auth.invalid");
    return verifyJwt(settings.tokenSecret, credentials, nowMs);
  };
}
