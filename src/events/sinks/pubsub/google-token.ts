/**
 * Bearer tokens for Pub/Sub from a service account's key: signed by ourselves (AIP-4111), which saves a request and a way
 * to fail and is what Google's own client does; or exchanged for one of Google's (RFC 7523).
 */
import { importPKCS8, SignJWT } from "jose";
import { failed, success, type Result } from "../../../protocol/result.ts";
import { exchange, type Fetch, type HttpAnswer } from "../http-exchange.ts";
import { isObject } from "../../json-object.ts";
import { tidy } from "./publish-outcome.ts";
import type { ServiceAccount } from "./service-account.ts";
import type { Mint, Token, TokenFailure } from "./token-cache.ts";

const PUBSUB_SCOPE = "https://www.googleapis.com/auth/pubsub";

/** Google takes no longer life. */
const LIFE_SECONDS = 3600;

/** A token from the future is refused, and our clock may be ahead of Google's. */
const BACKDATED_SECONDS = 20;

/** RFC 7523 section 2.1. */
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

export interface TokenExchange {
  readonly fetch: Fetch;
  readonly tokenUrl: string;
  readonly timeoutMs: number;
}

/** With a scope and no audience: it then fits every locational endpoint. Claims stand in Google's order. */
export function selfSignedToken(account: ServiceAccount, now: () => number): Mint {
  const { clientEmail } = account;
  return () => sign(account, { iss: clientEmail, sub: clientEmail, scope: PUBSUB_SCOPE }, now());
}

export function exchangedToken(
  account: ServiceAccount,
  { fetch, tokenUrl, timeoutMs }: TokenExchange,
  now: () => number,
): Mint {
  const claims = { iss: account.clientEmail, scope: PUBSUB_SCOPE, aud: tokenUrl };
  return async () => {
    const assertion = await sign(account, claims, now());
    if (!assertion.ok) return assertion;
    const form = new URLSearchParams({ grant_type: GRANT_TYPE, assertion: assertion.value.text });
    const request = {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    };
    const askedAtMs = now();
    const answer = await exchange(fetch, tokenUrl, request, timeoutMs);
    return answer.ok ? readTokenAnswer(answer.value, askedAtMs) : retry(answer.failure);
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
    // Not an RSA key, one of less than 2048 bits, or its numbers are no key. The error's text is not for logs.
    return rejected("the service account's private_key cannot sign RS256");
  }
}

function readTokenAnswer(
  { status, json }: HttpAnswer,
  askedAtMs: number,
): Result<Token, TokenFailure> {
  const answer = isObject(json) ? json : {};
  if (status === 200) {
    const { access_token: text, expires_in: seconds } = answer;
    return typeof text === "string" && text !== "" && typeof seconds === "number"
      ? success({ text, expiresAtMs: askedAtMs + seconds * 1000 })
      : retry("200 without access_token and expires_in");
  }
  const { error, error_description: description } = answer;
  const words = [status, error, description].filter((word) => word !== undefined).join(" ");
  const isPassing = status === 408 || status === 429 || status >= 500;
  return isPassing ? retry(tidy(words)) : rejected(tidy(words));
}

function retry(reason: string): Result<never, TokenFailure> {
  return failed({ kind: "retry", reason: `token: ${reason}`, retryAfterMs: null });
}

function rejected(reason: string): Result<never, TokenFailure> {
  return failed({ kind: "rejected", reason: `token: ${reason}`, concerns: "settings" });
}
