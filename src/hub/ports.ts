/** What the hub needs of the world. The Durable Object implements these on the platform, the tests on plain objects. */
import type { ClientId } from "../protocol/client-id.ts";
import type { CloseName } from "../protocol/close-codes.ts";
import type { ErrorCode, Fault } from "../protocol/errors.ts";
import type { Connection, Session, SessionId } from "./connection.ts";
import type { EndReason } from "./end-reasons.ts";

/** One peer's socket. */
export interface HubSocket {
  /**
   * What was last assigned. An assignment MUST be kept across hibernation by the end of the event that made it;
   * `authenticating` is kept as the `greeting` it came from.
   */
  connection: Connection;
  /**
   * False: nothing was sent, since the socket is closing, gone or backlogged. MUST NOT throw, and MUST have copied the
   * bytes when it returns.
   */
  send(bytes: Uint8Array): boolean;
  /** The peer reads so slowly that more than `MAX_BACKLOG_BYTES` wait for it, as far as the platform tells. */
  readonly isBacklogged: boolean;
  /** MUST NOT throw, whatever the socket's state. MAY be called again. */
  close(name: CloseName): void;
  /** When the platform last answered a text `ping` for this socket; null: never, or it does not remember. */
  lastPingMs(): number | null;
}

/** The sockets of this hub. */
export interface HubSockets {
  /** MUST cost the same however many sockets there are. */
  find(id: SessionId): HubSocket | undefined;
  all(): Iterable<HubSocket>;
  /** Sockets that are not closing. May count a socket that has gone unnoticed. */
  readonly count: number;
  /** The platform takes no more: closed ones whose peer never answered the close stay with it, and count here. */
  readonly isFull: boolean;
}

export interface SessionRow {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
  readonly connectedAtMs: number;
}

/** One row a live session: what tells, after a crash, who was there. Rows MUST be durable before anything sent later is. */
export interface SessionStore {
  /** MUST cost the same however many sessions there are. */
  find(clientId: ClientId): SessionRow | undefined;
  /** Replaces the row of another session of the same client. */
  begin(row: SessionRow): void;
  /** Does nothing if the client's row is another session's. */
  end(clientId: ClientId, sessionId: SessionId): void;
  all(): Iterable<SessionRow>;
  readonly count: number;
}

/** What the hub tells whoever watches: logs now. Never a token, never a signal's content. */
export type HubEvent =
  | { readonly event: "session.begun"; readonly sessionId: SessionId; readonly session: Session }
  | {
      readonly event: "session.ended";
      readonly sessionId: SessionId;
      readonly clientId: ClientId;
      readonly reason: EndReason;
      readonly connectedAtMs: number;
      readonly atMs: number;
      /** null: it went with the memory of the hub. */
      readonly messageCount: number | null;
    }
  | {
      readonly event: "frame.refused";
      readonly sessionId: SessionId;
      readonly code: ErrorCode;
      readonly fault: Fault;
    }
  | { readonly event: "hub.failed"; readonly sessionId: SessionId; readonly error: unknown };

export type Observe = (event: HubEvent) => void;

export interface HubSettings {
  readonly maxSessions: number;
  readonly heartbeatIntervalMs: number;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly framesPerSecond: number;
  readonly frameBurst: number;
}
