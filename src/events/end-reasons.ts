/** Why a session ended: the words of logs and events. */
import type { CloseName } from "../protocol/close-codes.ts";

export const END_REASONS = {
  disconnect: "the client sent DISCONNECT",
  closed: "the client closed the WebSocket",
  dropped: "the connection broke without a close frame",
  replaced: "another connection took over the client id",
  "timed-out": "nothing came for three heartbeat intervals",
  expired: "the token expired",
  kicked: "an administrator ended it",
  "too-large": "a message exceeded the size limit",
  "framing-lost": "message after message could not be framed",
  abuse: "the rate limit was ignored, or more than a megabyte left unread",
  restarted: "the hub restarted with another version, or the number of hubs changed",
  lost: "the hub was reset under the session",
} as const;

export type EndReason = keyof typeof END_REASONS;

/** The reason that a close by the hub gives the session, if there is one yet. */
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
