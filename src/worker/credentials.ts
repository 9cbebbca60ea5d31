/** Reads the credentials of an upgrade request, in whichever of the three ways they were presented (UP2, UP3). */
import { decodeBase64Url } from "../protocol/encodings/base64url.ts";
import {
  ACCESS_TOKEN_PARAMETER,
  ENCODED_BEARER_PREFIX,
  BEARER_SUBPROTOCOL_PREFIX,
  CLIENT_ID_PARAMETER,
  SUBPROTOCOL,
} from "../protocol/names.ts";
import { failed, success, type Result } from "../protocol/result.ts";

/** The parameters that the query of an upgrade may have (UP2). */
export const UPGRADE_PARAMETERS: ReadonlySet<string> = new Set([
  CLIENT_ID_PARAMETER,
  ACCESS_TOKEN_PARAMETER,
]);

export interface UpgradeCredentials {
  /** null: none. The client will present them in CONNECT. */
  readonly token: string | null;
  /** The client offers subprotocols, so the answer must select one. */
  readonly offersSubprotocol: boolean;
}

/**
 * The credentials, or a sentence on what is wrong with them. A request whose credentials cannot be read is refused: if it were
 * accepted as anonymous, the client would learn of its mistake from an ERROR 401 much later.
 */
export function readCredentials(request: Request): Result<UpgradeCredentials, string> {
  const offered = itemsOf(request.headers.get("sec-websocket-protocol"));
  const offersSubprotocol = offered.length > 0;
  if (offersSubprotocol && !offered.includes(SUBPROTOCOL)) {
    return failed(`Offer the subprotocol "${SUBPROTOCOL}", or none`);
  }
  const inSubprotocols = readSubprotocols(offered);
  if (!inSubprotocols.ok) return inSubprotocols;
  const inHeader = readAuthorization(request.headers.get("authorization"));
  if (!inHeader.ok) return inHeader;
  const inQuery = new URL(request.url).searchParams.getAll(ACCESS_TOKEN_PARAMETER);
  // RFC 6750, 3.1: a repeated parameter makes a request invalid, even with the same value.
  if (inQuery.length > 1) {
    return failed(`The query has ${ACCESS_TOKEN_PARAMETER} more than once: send one`);
  }
  const tokens = new Set([...inHeader.value, ...inSubprotocols.value, ...inQuery]);
  if (tokens.size > 1) return failed("The request presents different tokens: send one");
  const [token = null] = tokens;
  if (token === "") return failed("The request presents an empty token");
  return success({ token, offersSubprotocol });
}

/** The tokens among the subprotocols, as they are or in base64url. */
function readSubprotocols(offered: readonly string[]): Result<string[], string> {
  const tokens: string[] = [];
  for (const name of offered) {
    if (name.startsWith(BEARER_SUBPROTOCOL_PREFIX)) {
      tokens.push(name.slice(BEARER_SUBPROTOCOL_PREFIX.length));
    } else if (name.startsWith(ENCODED_BEARER_PREFIX)) {
      const token = decodeBase64Url(name.slice(ENCODED_BEARER_PREFIX.length));
      if (token === null) return failed(NOT_ENCODED);
      tokens.push(token);
    }
  }
  return success(tokens);
}

const NOT_ENCODED = `The subprotocol "${ENCODED_BEARER_PREFIX}…" must hold the token's UTF-8 in base64url without padding`;

/** The bearer token of the header, if it has one. Other schemes are ignored: a proxy may have added its own credentials. */
function readAuthorization(header: string | null): Result<string[], string> {
  // `get` joins the values of repeated headers with commas.
  if (header === null || !/(?:^|,)\s*bearer(?:[\s,]|$)/i.test(header)) return success([]);
  const token = /^bearer +(?<token>\S+)$/i.exec(header)?.groups?.["token"];
  return token === undefined
    ? failed(
        'The header must be "Authorization: Bearer TOKEN": one token behind a space, nothing else',
      )
    : success([token]);
}

function itemsOf(header: string | null): string[] {
  return (header ?? "").split(",").flatMap((item) => item.trim() || []);
}
