/**
 * Decides whether an upgrade request may become a socket, and on which hub (UP2-UP8). A pure function: where it needs to know
 * more, it asks, and `upgrade.ts` calls it again with the answer.
 */
import type { ProblemStatus } from "../admin/problem.ts";
import type { AuthFault, Credentials, Grant } from "../auth/grant.ts";
import { allowsOrigin } from "../auth/origins.ts";
import type { Config } from "../config/keys.ts";
import { hubNameForUpgrade, hubNameOf } from "../hub/placement.ts";
import { isReserved, parseClientId, type ClientId } from "../protocol/client-id.ts";
import { faultRow } from "../protocol/errors.ts";
import { CLIENT_ID_PARAMETER } from "../protocol/names.ts";
import { failed, success, type Result } from "../protocol/result.ts";
import type { UpgradeCredentials } from "./credentials.ts";

/** What the request says. */
export interface UpgradeFacts {
  /** null: the client is not a browser, so no page can misuse it (UP5). */
  readonly origin: string | null;
  /** Of the request's URL. */
  readonly ownOrigin: string;
  /** null: the platform does not report it. */
  readonly address: string | null;
  readonly credentials: Result<UpgradeCredentials, string>;
  /** The values of `client_id` in the query. */
  readonly clientIds: readonly string[];
}

/** The answers to the questions asked so far. */
export interface KnownAnswers {
  /** Whether the address may still connect in this period. */
  readonly isWithinRate?: boolean;
  readonly granted?: Result<Grant, AuthFault>;
}

export interface Admission {
  /** null: the client is anonymous until CONNECT. */
  readonly grant: Grant | null;
  /** The client id of the grant or of the query (CO7); null: the upgrade names none. */
  readonly clientId: ClientId | null;
  readonly offersSubprotocol: boolean;
  /** The name of the hub that holds the socket. */
  readonly hub: string;
}

/** Browsers hide a refusal from their pages, so the log has it, too. */
export interface Refusal {
  readonly status: ProblemStatus;
  /** A sentence of our own, which quotes nothing that the client sent. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Decision =
  | { readonly kind: "ask-rate"; readonly address: string }
  | { readonly kind: "ask-grant"; readonly credentials: Credentials }
  | { readonly kind: "admitted"; readonly admission: Admission }
  | { readonly kind: "refused"; readonly refusal: Refusal };

type Rules = Pick<Config, "server" | "auth" | "routing">;

export const ORIGIN_REFUSED = "This origin may not connect: see server.allowed_origins";

/** Checks in this order, the cheapest first: origin, rate, form, credentials. */
export function decideAdmission(
  facts: UpgradeFacts,
  { server, auth, routing }: Rules,
  known: KnownAnswers,
): Decision {
  const { origin, ownOrigin } = facts;
  if (origin !== null && !allowsOrigin(server.allowed_origins, origin, ownOrigin)) {
    return refused(403, ORIGIN_REFUSED);
  }
  if (facts.address !== null && known.isWithinRate === undefined) {
    return { kind: "ask-rate", address: facts.address };
  }
  if (known.isWithinRate === false) {
    const detail =
      "There were too many connection attempts from this address: try again in a minute";
    return refused(429, detail, { "retry-after": "60" });
  }
  if (!facts.credentials.ok) return refused(400, facts.credentials.failure);
  const clientId = readClientId(facts.clientIds);
  if (!clientId.ok) return refused(400, clientId.failure);
  const { token, offersSubprotocol } = facts.credentials.value;
  if (token !== null) {
    const { granted } = known;
    if (granted === undefined) {
      return { kind: "ask-grant", credentials: { clientId: clientId.value, token } };
    }
    if (!granted.ok) return unauthorized(faultRow(granted.failure).text);
    const grant = granted.value;
    const hub = hubNameOf(grant.clientId, routing.hubs);
    return admitted({ grant, clientId: grant.clientId, offersSubprotocol, hub });
  }
  if (!auth.anonymous_upgrade) {
    return unauthorized("Present a token at the upgrade: see auth.anonymous_upgrade");
  }
  const hub = hubNameForUpgrade(clientId.value, routing.hubs);
  if (hub === null) return refused(400, UNPLACED);
  return admitted({ grant: null, clientId: clientId.value, offersSubprotocol, hub });
}

const UNPLACED =
  "This service has several hubs: present a token at the upgrade, or add ?client_id= to the URL";

function readClientId(values: readonly string[]): Result<ClientId | null, string> {
  const [value] = values;
  if (value === undefined) return success(null);
  if (values.length > 1) {
    return failed(`The query has ${CLIENT_ID_PARAMETER} more than once: send one`);
  }
  const clientId = parseClientId(value);
  if (clientId === null) return failed(faultRow("payload.client-id").text);
  return isReserved(clientId) ? failed(faultRow("connect.reserved").text) : success(clientId);
}

function admitted(admission: Admission): Decision {
  return { kind: "admitted", admission };
}

function refused(
  status: ProblemStatus,
  detail: string,
  headers: Refusal["headers"] = {},
): Decision {
  return { kind: "refused", refusal: { status, detail, headers } };
}

function unauthorized(detail: string): Decision {
  return refused(401, detail, { "www-authenticate": "Bearer" });
}
