/** The claims of a JWT: which ones a client's token must have, and which ones an issued token gets. */
import { isReserved, parseClientId, type ClientId } from "../protocol/client-id.ts";
import { isObject, isStrings } from "../protocol/json.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { AuthFault, Credentials, Grant } from "./grant.ts";
import { joseCrypto } from "./jose-crypto.ts";
import type { TokenCrypto } from "./token-crypto.ts";

/** How far the clocks of issuer and hub may be apart. */
const CLOCK_SKEW_SECONDS = 30;

/**
 * The grant of a payload whose signature was verified. The token, and with it the session, is good until its `exp` and the
 * clock skew have passed (SE3). Never throws.
 */
export function grantOfClaims(
  payload: Uint8Array,
  credentials: Credentials,
  nowMs: number,
): Result<Grant, AuthFault> {
  const claims = parseClaims(payload);
  if (claims === null) return failed("auth.invalid");
  const { sub, exp, nbf, targets = null } = claims;
  if (sub === undefined || typeof exp !== "number") return failed("auth.invalid");
  if (!isPassed(nbf, nowMs) || !isOptionalNumber(claims["iat"])) return failed("auth.invalid");
  const expiresAtMs = (exp + CLOCK_SKEW_SECONDS) * 1000;
  // The negation also refuses a clock that reads NaN.
  if (!(nowMs < expiresAtMs)) return failed("auth.expired");
  // JSON has numbers like 1e999, which JavaScript reads as Infinity: the session would never end.
  if (!Number.isFinite(expiresAtMs)) return failed("auth.invalid");
  const clientId = parseClientId(sub);
  if (clientId === null || isReserved(clientId)) return failed("auth.invalid");
  if (credentials.clientId !== null && credentials.clientId !== clientId) {
    return failed("auth.invalid");
  }
  if (targets !== null && !isStrings(targets)) return failed("auth.invalid");
  return success({ clientId, targets, expiresAtMs });
}

/** A token for `clientId` that expires after `expiresInSeconds`. Without `targets` the client may signal everybody. */
export function issueJwt(
  secret: string,
  { clientId, targets }: { readonly clientId: ClientId; readonly targets?: readonly string[] },
  expiresInSeconds: number,
  nowMs: number,
  crypto: TokenCrypto = joseCrypto,
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  // JSON leaves out `targets` where it is undefined.
  const claims = { targets, sub: clientId, iat: issuedAt, exp: issuedAt + expiresInSeconds };
  return crypto.sign(new TextEncoder().encode(JSON.stringify(claims)), secret);
}

interface Claims {
  readonly sub?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
  readonly iat?: unknown;
  readonly targets?: unknown;
}

function parseClaims(payload: Uint8Array): Claims | null {
  try {
    // Fatal: bytes that are not UTF-8 must not become another client's id.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(payload);
    const claims: unknown = JSON.parse(text);
    return isObject(claims) ? claims : null;
  } catch {
    // A TypeError of the decoder or a SyntaxError of the parser.
    return null;
  }
}

/** Whether a token may be used yet. A missing `nbf` sets no condition; one that is not a number is a fault of the token. */
function isPassed(nbf: unknown, nowMs: number): boolean {
  if (nbf === undefined) return true;
  return typeof nbf === "number" && nbf <= nowMs / 1000 + CLOCK_SKEW_SECONDS;
}

function isOptionalNumber(value: unknown): boolean {
  return value === undefined || typeof value === "number";
}
