/** Every WebSocket close code that the hub sends, and what a client may do after it (CL1). */
interface CloseRow {
  readonly code: number;
  /**
   * `backoff`: connect again, after a random and growing pause. `new-token`: connect again only with another
   * token. `never`: connecting again would fail, or fight with the client's own other connection.
   */
  readonly reconnect: "backoff" | "new-token" | "never";
  readonly doc: string;
}

export const CLOSE_CODES = {
  normal: { code: 1000, reconnect: "never", doc: "the client sent DISCONNECT or closed" },
  "going-away": { code: 1001, reconnect: "backoff", doc: "the hub restarts with another version" },
  "framing-lost": { code: 4400, reconnect: "never", doc: "message after message cannot be framed" },
  unauthenticated: {
    code: 4401,
    reconnect: "new-token",
    doc: "three failures before CONNECT succeeded, or the token expired",
  },
  "timed-out": {
    code: 4408,
    reconnect: "backoff",
    doc: "no CONNECT within the connect time-out, or silence for three heartbeat intervals",
  },
  replaced: { code: 4409, reconnect: "never", doc: "another connection took over this client id" },
  "too-large": { code: 4413, reconnect: "never", doc: "a message over the size limit" },
  abuse: { code: 4429, reconnect: "backoff", doc: "the rate limit was ignored" },
  full: { code: 4503, reconnect: "backoff", doc: "the hub has no room for another session" },
} as const satisfies Record<string, CloseRow>;

export type CloseName = keyof typeof CLOSE_CODES;
