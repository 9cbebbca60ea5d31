/** What the client's upgrade says: its URL, and where its token stands. Pure. */
import {
  BEARER_SUBPROTOCOL_PREFIX,
  CLIENT_ID_PARAMETER,
  SUBPROTOCOL,
} from "../../protocol/names.ts";
import type { ResolvedOptions } from "../options.ts";

/** The hub's URL with the client's id (UP8). */
export function addressOf({ url, clientId }: ResolvedOptions): string {
  const address = new URL(url);
  address.searchParams.set(CLIENT_ID_PARAMETER, clientId);
  return address.href;
}

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
