/**
 * Headers in which the Worker passes the result of an upgrade's credentials to the hub (UP7). The Worker makes a new request for the
 * hub and copies nothing from the client's, so no client can set these headers.
 */
import * as z from "zod";
import type { Grant } from "../auth/grant.ts";
import { parseClientId, type ClientId } from "../protocol/client-id.ts";

export const GRANT_HEADER = "x-signal-manager-grant";

/** Percent-encoded, since header values are Latin-1 and client ids are not. */
export function encodeGrant(grant: Grant): string {
  return encodeURIComponent(JSON.stringify(grant));
}

const GrantShape = z.object({
  clientId: z.string().transform((value, context) => {
    const clientId = parseClientId(value);
    if (clientId !== null) return clientId;
    context.issues.push({ code: "custom", message: "is not a client id", input: value });
    return z.NEVER;
  }),
  targets: z.array(z.string()).readonly().nullable(),
  expiresAtMs: z.number().nullable(),
});

/**
 * The grant; null where the header is missing, since the client is anonymous then.
 * @throws a ZodError, SyntaxError or URIError for any other value: only our own Worker writes this header.
 */
export function decodeGrant(header: string | null): Grant | null {
  return header === null ? null : GrantShape.parse(JSON.parse(decodeURIComponent(header)));
}

/** The client id that the upgrade names (CO7). Where there is a grant, it is the grant's. */
export const EXPECTED_HEADER = "x-signal-manager-client-id";

export function encodeExpected(clientId: ClientId): string {
  return encodeURIComponent(clientId);
}

/** null: the upgrade names no client id. */
export function decodeExpected(header: string | null): ClientId | null {
  return header === null ? null : parseClientId(decodeURIComponent(header));
}
