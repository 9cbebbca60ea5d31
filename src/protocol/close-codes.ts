/** Every WebSocket close code that the hub sends, and what a client may do after it (CL1). */
interface CloseRow {
  readonly code: number;
  /**
   * `backoff`: connect again, after a random and growing pause. `new-token`: connect again only with another
   * token. `never`: another attempt would fail, or would fight with the client's own other connection.
   */
  readonly reconnect: "backoff" | "new-token" | "never";
}

export const CLOSE_CODES = {
  normal: { code: 1000, reconnect: "never" },
  "going-away": { code: 1001, reconnect: "backoff" },
  "framing-lost": { code: 4400, reconnect: "never" },
  unauthenticated: { code: 4401, reconnect: "new-token" },
  kicked: { code: 4403, reconnect: "never" },
  "timed-out": { code: 4408, reconnect: "backoff" },
  replaced: { code: 4409, reconnect: "never" },
  "too-large": { code: 4413, reconnect: "never" },
  abuse: { code: 4429, reconnect: "backoff" },
  full: { code: 4503, reconnect: "backoff" },
} as const satisfies Record<string, CloseRow>;

export type CloseName = keyof typeof CLOSE_CODES;

/** When the hub sends each. Kept out of the table so that the client bundle does not carry what only documents show. */
export const CLOSE_DOCS: Readonly<Record<CloseName, string>> = {
  normal: "the client sent DISCONNECT or closed",
  "going-away": "the hub restarts with another version, or the number of hubs changed",
  "framing-lost": "message after message cannot be framed",
  unauthenticated: "three failures before CONNECT succeeded, or the token expired",
  kicked: "an administrator ended the session",
  "timed-out":
    "no CONNECT within the connect time-out, or silence for three heartbeat intervals and for server.min_silence",
  replaced: "another connection took over this client id",
  "too-large": "a message over the size limit",
  abuse: "the rate limit was ignored, or more than a megabyte left unread",
  full: "the hub has no room for another session",
};
