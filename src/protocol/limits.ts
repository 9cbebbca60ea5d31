/** The fixed numbers of the wire. What an operator may change is in `src/config`, not here. */

/** Start byte 1 + message type 1 + uuid 16 + payload type 1 + payload length 2 (FR1). */
export const HEADER_BYTES = 21;

/** The payload length is 16 bits (FR1). */
export const MAX_PAYLOAD_BYTES = 0xffff;

/** One WebSocket message, as the document has it: 1 MB (FR3). */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Counted in Unicode code points (ID1). */
export const MAX_CLIENT_ID_CHARS = 128;

/** A JWT with a few dozen targets fits; a header with it stays far below the platform's 128 KB (CO1). */
export const MAX_TOKEN_CHARS = 4096;

/** Frames that may wait behind a CONNECT whose token is being verified (CO8). */
export const MAX_WAITING_FRAMES = 64;
export const MAX_WAITING_BYTES = MAX_MESSAGE_BYTES;

/** Refused credentials, or frames before CONNECT, that one connection may send (CO5). */
export const MAX_CONNECT_FAILURES = 3;

/** Messages in a row with lost framing, and not one good frame among them, that close a connection (FR6). */
export const MAX_LOST_FRAMINGS = 16;

/** A session that sends nothing for this many heartbeat intervals has timed out (HB4). */
export const HEARTBEATS_MISSED = 3;

/** What may wait for one client that does not read before signals to it are refused (RL3). */
export const MAX_BACKLOG_BYTES = MAX_MESSAGE_BYTES;
