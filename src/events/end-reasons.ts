/** Why a session ended: the words that logs, events and metrics use. */
import type { CloseName } from "../protocol/close-codes.ts";

export const END_REASONS = {
  disconnect: "the client sent DISCONNECT",
  closed: "the client closed the WebSocket",
  dropped: "the connection broke without a close frame",
  replaced: "another connection took over the client id",
  "timed-out":
    "nothing came from the client for three heartbeat intervals and for server.min_silence",
  expired: "the token expired",
  kicked: "an administrator ended it",
  "too-large": "a message of the client exceeded the size limit",
  "framing-lost": "several messages in a row held no readable frame",
  abuse: "the client ignored the rate limit, or left more than a megabyte unread",
  restarted: "the hub restarted with another version, or the number of hubs changed",
  lost: "the hub was reset under the session",
} as const;

export type EndReason = keyof typeof END_REASONS;

/** Why a session ends when the hub closes its socket. */
export const END_REASON_OF_CLOSE = {
  normal: "disconnect",
  "going-away": "restarted",
  "framing-lost": "framing-lost",
  unauthenticated: "expired",
  "timed-out": "timed-out",
  replaced: "replaced",
  kicked: "kicked",
  "too-large": "too-large",
  abuse: "abuse",
  full: "closed",
} as const satisfies Record<CloseName, EndReason>;
