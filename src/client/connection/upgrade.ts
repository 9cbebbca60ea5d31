/** Where the client's token stands: in the upgrade or in CONNECT. Pure. */
import { BEARER_SUBPROTOCOL_PREFIX, SUBPROTOCOL } from "../../protocol/names.ts";

export interface TokenPlacement {
  readonly protocols: string[];
  /** The token that CONNECT carries; null if the upgrade carries it. */
  readonly authToken: string | null;
}

/**
 * Puts the token into the upgrade as a subprotocol, or into CONNECT (UP2, CO1), but never into the URL. In the upgrade a
 * wrong token costs the hub no socket, but a browser does not learn why there is none. So after an attempt whose socket
 * never opened, every other one puts the token into CONNECT, and later every fourth: a hub that accepts anonymous upgrades
 * then answers what is wrong. A token that a subprotocol cannot carry (RFC 9110, section 5.6.2) always goes into CONNECT.
 * `unopened`: how many attempts came before whose socket never opened, in a row.
 */
export function placeToken(token: string, unopened: number): TokenPlacement {
  const fits = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(token);
  return fits && unopened % (unopened < 4 ? 2 : 4) !== 1
    ? { protocols: [SUBPROTOCOL, BEARER_SUBPROTOCOL_PREFIX + token], authToken: null }
    : { protocols: [SUBPROTOCOL], authToken: token };
}
