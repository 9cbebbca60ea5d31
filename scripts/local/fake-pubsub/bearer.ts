/** Who may publish: the bearer tokens that production accepts, and the endpoint that issues them. */
import { importSPKI, jwtVerify, type JWTPayload } from "jose";
import { googleError, type GoogleError } from "./google-error.ts";

const PUBSUB_SCOPES: ReadonlySet<string> = new Set([
  "https://www.googleapis.com/auth/pubsub",
  "https://www.googleapis.com/auth/cloud-platform",
]);

const UNAUTHENTICATED = googleError(
  401,
  "UNAUTHENTICATED",
  "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
);

const FORBIDDEN = googleError(
  403,
  "PERMISSION_DENIED",
  "User not authorized to perform this action.",
);

export interface BearerSettings {
  /** The public key of the one service account: SPKI in PEM. */
  readonly publicKey: string;
  readonly clientEmail: string;
  /** Whether the account has the role pubsub.publisher. */
  readonly mayPublish: boolean;
}

export class BearerCheck {
  readonly #settings: BearerSettings;
  readonly #granted = new Set<string>();
  #refusedBeforeSeconds = 0;
  /** How many requests had a good token, by its origin. */
  readonly shown = { signed: 0, exchanged: 0 };

  constructor(settings: BearerSettings) {
    this.#settings = settings;
  }

  /** Refuses tokens that were issued earlier, and all exchanged ones, as when a key is replaced. */
  refuseIssuedBefore(seconds: number): void {
    this.#granted.clear();
    this.#refusedBeforeSeconds = seconds;
  }

  /** null: the request is allowed. */
  async check(authorization: string | undefined): Promise<GoogleError | null> {
    const [, token = ""] = /^Bearer (\S+)$/.exec(authorization ?? "") ?? [];
    const isGranted = this.#granted.has(token);
    if (!isGranted) {
      const claims = await this.#verify(token);
      // AIP-4111: an audience or a scope, never both.
      const scopes = typeof claims?.["scope"] === "string" ? claims["scope"].split(" ") : [];
      const isScoped = claims?.aud === undefined && scopes.some((one) => PUBSUB_SCOPES.has(one));
      const isForUs = claims?.aud === "https://pubsub.googleapis.com/" && scopes.length === 0;
      const isOwn = claims?.iss === this.#settings.clientEmail && claims.sub === claims.iss;
      const isLate = (claims?.iat ?? 0) < this.#refusedBeforeSeconds;
      if (!isOwn || isLate || !(isScoped || isForUs)) return UNAUTHENTICATED;
    }
    this.shown[isGranted ? "exchanged" : "signed"] += 1;
    return this.#settings.mayPublish ? null : FORBIDDEN;
  }

  /** Status and body of the token endpoint (RFC 7523). */
  async exchange(
    form: URLSearchParams,
    tokenUrl: string,
  ): Promise<{ status: number; body: object }> {
    const claims = await this.#verify(form.get("assertion") ?? "");
    const isGrant = form.get("grant_type") === "urn:ietf:params:oauth:grant-type:jwt-bearer";
    if (!isGrant || claims === null || claims.aud !== tokenUrl) {
      const body = { error: "invalid_grant", error_description: "Invalid JWT Signature." };
      return { status: 400, body };
    }
    const token = `ya29.fake-${this.#granted.size + 1}-${claims.iat}`;
    this.#granted.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: "Bearer" } };
  }

  async #verify(token: string): Promise<JWTPayload | null> {
    try {
      const key = await importSPKI(this.#settings.publicKey, "RS256");
      const { payload, protectedHeader } = await jwtVerify(token, key, {
        algorithms: ["RS256"],
        requiredClaims: ["iss", "iat", "exp"],
      });
      const { iat = 0, exp = 0 } = payload;
      const isOfTime = iat <= Date.now() / 1000 && exp - iat <= 3600;
      return isOfTime && typeof protectedHeader.kid === "string" ? payload : null;
    } catch {
      // Whatever is wrong with it: Google does not say, either.
      return null;
    }
  }
}
