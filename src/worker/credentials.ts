/** The credentials of an upgrade request, by whichever of the three ways they came (UP2). */
import {
  ACCESS_TOKEN_PARAMETER,
  BEARER_SUBPROTOCOL_PREFIX,
  SUBPROTOCOL,
} from "../protocol/names.ts";
import { failed, success, type Result } from "../protocol/result.ts";

/** The subprotocol that the hub speaks and selects (UP3). */

export interface UpgradeCredentials {
  /** null: none, the client will say in CONNECT who it is. */
  readonly token: string | null;
  /** Whether the client offered subprotocols, and so must be answered with one. */
  readonly offersSubprotocol: boolean;
}

/**
 * What the request presents, or a sentence on what is wrong with it. Whoever shows a token badly is told so: let in as
 * anonymous, it would learn of its mistake from a far-away ERROR 401.
 */
export function readCredentials(request: Request): Result<UpgradeCredentials, string> {
  const offered = listOf(request.headers.get("sec-websocket-protocol"));
  const offersSubprotocol = offered.length > 0;
  if (offersSubprotocol && !offered.includes(SUBPROTOCOL)) {
    return failed(`Offer the subprotocol "${SUBPROTOCOL}", or none`);
  }
  const inHeader = readAuthorization(request.headers.get("authorization"));
  if (!inHeader.ok) return inHeader;
  const inQuery = new URL(request.url).searchParams.getAll(ACCESS_TOKEN_PARAMETER);
  // RFC 6750 section 3.1: a repeated parameter is an invalid request, also where both say the same.
  if (inQuery.length > 1) return failed("The query names access_token more than once: send one");
  const tokens = new Set([
    ...inHeader.value,
    ...offered
      .filter((name) => name.startsWith(BEARER_SUBPROTOCOL_PREFIX))
      .map((name) => name.slice(BEARER_SUBPROTOCOL_PREFIX.length)),
    ...inQuery,
  ]);
  if (tokens.size > 1) return failed("The request presents different tokens: send one");
  const [token = null] = tokens;
  if (token === "") return failed("The request presents an empty token");
  return success({ token, offersSubprotocol });
}

/** The bearer token of the header, if it has one. Another scheme is not ours to judge: a proxy's Basic may pass through. */
function readAuthorization(header: string | null): Result<string[], string> {
  // A header that came twice is one to `get`, its values joined with commas.
  if (header === null || !/(?:^|,)\s*bearer(?:[\s,]|$)/i.test(header)) return success([]);
  const token = /^bearer +(?<token>\S+)$/i.exec(header)?.groups?.["token"];
  return token === undefined
    ? failed(
        'The header must be "Authorization: Bearer TOKEN": one token behind a space, nothing else',
      )
    : success([token]);
}

function listOf(header: string | null): string[] {
  return (header ?? "").split(",").flatMap((item) => item.trim() || []);
}
