/** Where the token is shown: at the upgrade, by subprotocol, or in CONNECT (UP2, CO1). Never in the URL. Pure. */
import { BEARER_SUBPROTOCOL_PREFIX, SUBPROTOCOL } from "../protocol/names.ts";

export interface TokenPlacement {
  readonly protocols: string[];
  /** What CONNECT says; null: nothing, the upgrade did. */
  readonly authToken: string | null;
}

/**
 * At the upgrade a wrong token costs no socket, but a browser is not told why there is none. So after a socket that
 * did not open, every other attempt shows the token in CONNECT: a hub that lets it come so far says what is wrong.
 * A token that a subprotocol cannot carry (RFC 9110, section 5.6.2) goes there always.
 */
export function placeToken(token: string, unopenedInARow: number): TokenPlacement {
  const fits = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(token);
  return fits && unopenedInARow % 2 === 0
    ? { protocols: [SUBPROTOCOL, `${BEARER_SUBPROTOCOL_PREFIX}${token}`], authToken: null }
    : { protocols: [SUBPROTOCOL], authToken: token };
}
