/**
 * How the Worker tells the hub what the upgrade's credentials allow. The Worker makes the hub's request anew and copies
 * nothing from outside, so that no client can write this header.
 */
import * as z from "zod";
import type { Grant } from "../auth/grant.ts";
import { parseClientId, type ClientId } from "../protocol/client-id.ts";

export const GRANT_HEADER = "x-signal-manager-grant";

/** Header values are Latin-1; client ids are not. */
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
 * The grant; null where the header is missing: the client is anonymous.
 * @throws what zod or JSON throws for anything else: only our own Worker writes this header.
 */
export function decodeGrant(header: string | null): Grant | null {
  return header === null ? null : GrantShape.parse(JSON.parse(decodeURIComponent(header)));
}

/** The client id that the upgrade named as a hint: where its credentials name one, it is the same. */
export const EXPECTED_HEADER = "x-signal-manager-client-id";

export function encodeExpected(clientId: ClientId): string {
  return encodeURIComponent(clientId);
}

/** null: the upgrade named none. */
export function decodeExpected(header: string | null): ClientId | null {
  return header === null ? null : parseClientId(decodeURIComponent(header));
}
