/** Signed tokens: JWT HS256 with the configured secret. jose does the cryptography, this file says what is required. */
import { errors, jwtVerify, SignJWT } from "jose";
import { parseClientId, type ClientId } from "../protocol/client-id.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { Credentials, Grant } from "./grant.ts";

/** The one algorithm: a list, so that a token can never choose (`alg: none`, or a public key used as a secret). */
const ALGORITHMS = ["HS256"];

/** How far two clocks may be apart. */
const CLOCK_SKEW_SECONDS = 30;

export type AuthFault = "auth.invalid" | "auth.expired";

/** Never throws. A token is good until its `exp` and the clock skew have passed; so is its session. */
export async function verifyJwt(
  secret: string,
  credentials: Credentials,
  nowMs: number,
): Promise<Result<Grant, AuthFault>> {
  try {
    const { payload } = await jwtVerify(credentials.token, encodeSecret(secret), {
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: new Date(nowMs),
      requiredClaims: ["sub", "exp"],
    });
    const clientId = parseClientId(payload.sub);
    const targets = payload["targets"] ?? null;
    const { exp } = payload;
    if (clientId === null || exp === undefined) return failed("auth.invalid");
    // 1e999 is JSON, and would be never.
    if (!Number.isFinite(exp)) return failed("auth.invalid");
    if (credentials.clientId !== null && credentials.clientId !== clientId) {
      return failed("auth.invalid");
    }
    if (targets !== null && !isTargets(targets)) return failed("auth.invalid");
    const expiresAtMs = (exp + CLOCK_SKEW_SECONDS) * 1000;
    return success({ clientId, targets, expiresAtMs });
  } catch (error) {
    // Every way a token can be bad is a throw in jose; which one is nobody's business but the expired client's.
    return failed(error instanceof errors.JWTExpired ? "auth.expired" : "auth.invalid");
  }
}

/** A token for `clientId` that lives `expiresInSeconds`; without `targets` it may signal everybody. */
export async function issueJwt(
  secret: string,
  claims: { readonly clientId: ClientId; readonly targets?: readonly string[] },
  expiresInSeconds: number,
  nowMs: number,
): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  return new SignJWT(claims.targets === undefined ? {} : { targets: claims.targets })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(claims.clientId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + expiresInSeconds)
    .sign(encodeSecret(secret));
}

function encodeSecret(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

function isTargets(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
