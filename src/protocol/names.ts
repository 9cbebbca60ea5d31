/** The words of the wire outside its frames: at the upgrade (UP2, UP3), and the keep-alive in text (FR7, HB3). */

/** The subprotocol that a client must offer if it offers any, and that the hub selects. */
export const SUBPROTOCOL = "signal-manager";

/** The beginning of the subprotocol that carries the token. */
export const BEARER_SUBPROTOCOL_PREFIX = "bearer.";

/** The beginning of the subprotocol that carries any token, as base64url of its UTF-8. */
export const ENCODED_BEARER_PREFIX = "bearer64.";

/** The query parameter that says which client connects. */
export const CLIENT_ID_PARAMETER = "client_id";

/** The query parameter that carries the token where neither a header nor a subprotocol can. */
export const ACCESS_TOKEN_PARAMETER = "access_token";

export const PING = "ping";
export const PONG = "pong";
