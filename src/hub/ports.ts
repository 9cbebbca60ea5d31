/** What the hub needs of the world. The Durable Object implements these on the platform, the tests on plain objects. */
import type { ClientId } from "../protocol/client-id.ts";
import type { CloseName } from "../protocol/close-codes.ts";
import type { ErrorCode, Fault } from "../protocol/errors.ts";
import type { Connection, Session, SessionId } from "./connection.ts";
import type { EndReason } from "../events/end-reasons.ts";
import type { NewEvent } from "../events/event-types.ts";

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
  readonly socketId: string | null;
  readonly connectedAtMs: number;
}

export interface SessionEnd {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
  readonly reason: EndReason;
  readonly connectedAtMs: number;
  readonly atMs: number;
  /** null: it went with the memory of the hub. */
  readonly messageCount: number | null;
}

/**
 * One row a live session: what tells, after a crash, who was there. Rows MUST be durable before anything sent later is.
 * A row's beginning and its end MUST each be told as an event in the same transaction: exactly one of both a session.
 */
export interface SessionStore {
  /** MUST cost the same however many sessions there are. */
  find(clientId: ClientId): SessionRow | undefined;
  /** The client MUST NOT have a row: the hub has ended its other session. */
  begin(row: SessionRow, event: NewEvent): void;
  /** Does nothing, and appends nothing, if the client's row is another session's. Returns whether it deleted. */
  end(clientId: ClientId, sessionId: SessionId, event: NewEvent): boolean;
  all(): Iterable<SessionRow>;
  readonly count: number;
}

/** A signal, as far as those may know it who watch: never its content. */
export interface SignalMeta {
  readonly source: ClientId;
  readonly target: ClientId;
  readonly messageType: number;
}

/** A signal on its way between hubs, or from a backend. */
export interface ForwardedSignal extends SignalMeta {
  /** Whole, its source stamped by who sends it: the target receives these bytes. A buffer of its own: a view would ship all of what it is a view of. */
  readonly frame: Uint8Array;
}

/** The other hubs, where there are several (SI11). */
export interface RemoteHubs {
  /** The name of the hub that owns the client id; null: this one. MUST cost the same however many hubs there are. */
  hubOf(clientId: ClientId): string | null;
  /**
   * Hands signals to their targets on another hub; what became of each, in their order, null: delivered. Calls to one hub
   * MUST arrive in order. MUST NOT reject: what cannot be told is `signal.unreachable`.
   */
  deliver(hub: string, signals: readonly ForwardedSignal[]): Promise<readonly (Fault | null)[]>;
}

/** Counts, on the signal path: MUST NOT write or wait. */
export interface Counts {
  received(messageType: number, bytes: number): void;
  routed(signal: SignalMeta): void;
}

/** What the hub tells whoever watches: logs and counters. Never a token, never a signal's content. */
export type HubEvent =
  | { readonly event: "session.begun"; readonly sessionId: SessionId; readonly session: Session }
  | ({ readonly event: "session.ended" } & SessionEnd)
  | {
      readonly event: "frame.refused";
      readonly sessionId: SessionId;
      readonly code: ErrorCode;
      readonly fault: Fault;
    }
  | ({ readonly event: "signal.undelivered"; readonly code: ErrorCode } & SignalMeta)
  | { readonly event: "hub.failed"; readonly sessionId: SessionId; readonly error: unknown };

export type Observe = (event: HubEvent) => void;

export interface HubSettings {
  readonly maxSessions: number;
  readonly heartbeatIntervalMs: number;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly framesPerSecond: number;
  readonly frameBurst: number;
  /** Of a batch of frames for one client (BA1). */
  readonly maxBatchBytes: number;
}
