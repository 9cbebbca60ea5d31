/** Where the client's token stands: in the upgrade or in CONNECT. Pure. */
import { encodeBase64Url } from "../../protocol/encodings/base64url.ts";
import {
  BEARER_SUBPROTOCOL_PREFIX,
  ENCODED_BEARER_PREFIX,
  SUBPROTOCOL,
} from "../../protocol/names.ts";

export interface TokenPlacement {
  readonly protocols: string[];
  /** The token that CONNECT carries; null if the upgrade carries it. */
  readonly authToken: string | null;
}

/**
 * Puts the token into the upgrade as a subprotocol, or into CONNECT (UP2, CO1), but never into the URL. In the upgrade a
 * wrong token costs the hub no socket, but a browser does not learn why there is none. So after an attempt whose socket
 * never opened, every other one puts the token into CONNECT, and later every fourth: a hub that accepts anonymous upgrades
 * then answers what is wrong. A token that is not made of the characters of a subprotocol (RFC 9110, section 5.6.2) is
 * carried in base64url. It goes into CONNECT as well, for a hub that does not know this spelling yet.
 * `unopened`: how many attempts came before whose socket never opened, in a row.
 */
export function placeToken(token: string, unopened: number): TokenPlacement {
  const inUpgrade = unopened % (unopened < 4 ? 2 : 4) !== 1;
  if (!inUpgrade) return { protocols: [SUBPROTOCOL], authToken: token };
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(token)
    ? { protocols: [SUBPROTOCOL, BEARER_SUBPROTOCOL_PREFIX + token], authToken: null }
    : {
        protocols: [SUBPROTOCOL, ENCODED_BEARER_PREFIX + encodeBase64Url(token)],
        authToken: token,
      };
}
