/** The fixed numbers of the wire. Limits that an operator may change are in `src/config` instead. */

/** Start byte 1 + message type 1 + uuid 16 + payload type 1 + payload length 2 (FR1). */
export const HEADER_BYTES = 21;

/** The payload length is 16 bits (FR1). */
export const MAX_PAYLOAD_BYTES = 0xffff;

/** The default size limit of one WebSocket message (FR3): the 1 MB of the original protocol document. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** The longest client id, in Unicode code points (ID1). */
export const MAX_CLIENT_ID_CHARS = 128;

/** In UTF-16 code units (CO1). A JWT with a few dozen targets fits, and a header with it stays far below the platform's 128 KB. */
export const MAX_TOKEN_CHARS = 4096;

/** How much may wait behind a CONNECT whose token is being verified (CO8). */
export const MAX_WAITING_FRAMES = 64;
export const MAX_WAITING_BYTES = MAX_MESSAGE_BYTES;

/** After this many failures the connection is closed: refused credentials, or a frame before CONNECT (CO5). */
export const MAX_CONNECT_FAILURES = 3;

/** After this many losses of framing in a row, without one whole frame among them, the connection is closed (FR6). */
export const MAX_LOST_FRAMINGS = 16;

/** A session times out after it has sent nothing for this many heartbeat intervals (HB4), and for `server.min_silence`. */
export const HEARTBEATS_MISSED = 3;

/** How much may wait unread for one client before the hub refuses signals to it (RL3). */
export const MAX_BACKLOG_BYTES = MAX_MESSAGE_BYTES;
