/**
 * Bearer tokens for Pub/Sub from the key of a service account. Either we sign them ourselves (AIP-4111), which saves a
 * request that could fail and is what Google's own client does, or we exchange them for Google's (RFC 7523).
 */
import { importPKCS8, SignJWT } from "jose";
import { failed, success, type Result } from "../../../protocol/result.ts";
import { exchange, type HttpAnswer, type HttpPorts } from "../http-exchange.ts";
import { isObject } from "../../../protocol/json.ts";
import { parseRetryAfter, tidy } from "./publish-outcome.ts";
import type { ServiceAccount } from "./service-account.ts";
import type { Mint, Token, TokenFailure } from "./token-cache.ts";

const PUBSUB_SCOPE = "https://www.googleapis.com/auth/pubsub";

/** Google accepts no longer life. */
const LIFE_SECONDS = 3600;

/** Google refuses a token from the future, and our clock may be ahead of Google's. */
const BACKDATED_SECONDS = 20;

/** RFC 7523 section 2.1. */
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

export interface TokenExchange extends HttpPorts {
  readonly tokenUrl: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** Has a scope and no audience, so that it fits every locational endpoint. The claims have Google's order. */
export function selfSignedToken(account: ServiceAccount, now: () => number): Mint {
  const { clientEmail } = account;
  return () => sign(account, { iss: clientEmail, sub: clientEmail, scope: PUBSUB_SCOPE }, now());
}

export function exchangedToken(
  account: ServiceAccount,
  { tokenUrl, timeoutMs, now, ...http }: TokenExchange,
): Mint {
  const claims = { iss: account.clientEmail, scope: PUBSUB_SCOPE, aud: tokenUrl };
  return async () => {
    const assertion = await sign(account, claims, now());
    if (!assertion.ok) return assertion;
    const form = new URLSearchParams({ grant_type: GRANT_TYPE, assertion: assertion.value.text });
    const request = {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      timeoutMs,
    };
    const askedAtMs = now();
    const answer = await exchange(http, tokenUrl, request);
    return answer.ok ? readTokenAnswer(answer.value, askedAtMs) : retry(answer.failure, null);
  };
}

async function sign(
  { privateKey, privateKeyId }: ServiceAccount,
  claims: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Result<Token, TokenFailure>> {
  const iat = Math.floor(nowMs / 1000) - BACKDATED_SECONDS;
  const exp = iat + LIFE_SECONDS;
  try {
    const text = await new SignJWT({ ...claims, exp, iat })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: privateKeyId })
      .sign(await importPKCS8(privateKey, "RS256"));
    return success({ text, expiresAtMs: exp * 1000 });
  } catch {
    // It is not an RSA key, has less than 2048 bits, or its numbers make no key. The text of the error is not for logs.
    return blocked("the service account's private_key cannot sign RS256");
  }
}

function readTokenAnswer(
  { status, json, retryAfter }: HttpAnswer,
  askedAtMs: number,
): Result<Token, TokenFailure> {
  const answer = isObject(json) ? json : {};
  if (status === 200) {
    const { access_token: text, expires_in: seconds } = answer;
    return typeof text === "string" && text !== "" && typeof seconds === "number"
      ? success({ text, expiresAtMs: askedAtMs + seconds * 1000 })
      : retry("200 without access_token and expires_in", null);
  }
  const { error, error_description: description } = answer;
  const words = [status, error, description].filter((word) => word !== undefined).join(" ");
  const isTransient = status === 408 || status === 429 || status >= 500;
  // The others, such as 400 invalid_grant, also mean a key that Google does not know everywhere yet.
  return isTransient
    ? retry(tidy(words), parseRetryAfter(retryAfter, askedAtMs))
    : blocked(tidy(words));
}

function retry(reason: string, retryAfterMs: number | null): Result<never, TokenFailure> {
  return failed({ kind: "retry", reason: `token: ${reason}`, retryAfterMs });
}

function blocked(reason: string): Result<never, TokenFailure> {
  return failed({ kind: "blocked", reason: `token: ${reason}` });
}
