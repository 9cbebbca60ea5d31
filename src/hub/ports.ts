/** What the hub needs from the world. The Durable Object implements these ports on the platform, the tests on plain objects. */
import type { Authenticate } from "../auth/authenticator.ts";
import type { EndReason } from "../events/end-reasons.ts";
import type { NewEvent } from "../events/event-types.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { CloseName } from "../protocol/close-codes.ts";
import type { ErrorCode, Fault } from "../protocol/errors.ts";
import type { Wire, WireMessage } from "../wires/wire.ts";
import type { Connected, Connection, Session, SessionId, SocketId } from "./connection.ts";
import type { DeliveryOutcome, ForwardedSignal, SignalMeta } from "./contract.ts";
import type { Hubs } from "./placement.ts";

/** One peer's socket. */
export interface HubSocket {
  /**
   * What was last assigned. An assignment MUST survive hibernation once the event that made it is over;
   * `authenticating` is kept as the `awaiting-connect` that it came from.
   */
  connection: Connection;
  /** How this socket speaks. It does not change. */
  readonly wire: Wire;
  /**
   * False: nothing was sent, because the socket is closing, gone or backlogged. MUST NOT throw, and MUST have copied
   * the bytes when it returns.
   */
  send(message: WireMessage): boolean;
  /** The peer reads so slowly that more than `MAX_BACKLOG_BYTES` wait for it, as far as the platform tells. */
  readonly isBacklogged: boolean;
  /** MUST NOT throw, whatever the socket's state. MAY be called again. */
  close(name: CloseName): void;
  /** When the platform last answered a text `ping` on this socket; null: never, or the platform does not remember. */
  lastPingMs(): number | null;
}

/** A socket with a session attached. */
export type SessionSocket = HubSocket & { connection: Connected };

/** The sockets of this hub. */
export interface HubSockets {
  /** MUST cost the same however many sockets there are. */
  find(id: SocketId): HubSocket | undefined;
  all(): Iterable<HubSocket>;
  /** Sockets that are not closing. May count a socket whose end the platform has not noticed. */
  readonly count: number;
  /** The platform takes no more. Closed sockets count here for as long as their peer does not answer the close. */
  readonly isFull: boolean;
}

export interface SessionRow {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
  /** The socket that the session is attached to; null: none. */
  readonly socketId: SocketId | null;
  readonly connectedAtMs: number;
}

/** How a session ended. */
export interface SessionEnd {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
  readonly reason: EndReason;
  readonly connectedAtMs: number;
  readonly atMs: number;
  /** null: the count was lost with the hub's memory. */
  readonly frameCount: number | null;
}

/**
 * One row per live session: after a crash it tells who was there. Rows MUST be durable before anything is sent that
 * was sent later. The row and its event MUST be written in one transaction, so that each session has exactly one
 * event of its beginning and one of its end.
 */
export interface SessionStore {
  /** MUST cost the same however many sessions there are. */
  find(clientId: ClientId): SessionRow | undefined;
  /** The client MUST NOT have a row: the hub has ended its other session. */
  begin(row: SessionRow, event: NewEvent): void;
  /** Writes nothing and returns false if the client's row belongs to another session. */
  end(clientId: ClientId, sessionId: SessionId, event: NewEvent): boolean;
  all(): Iterable<SessionRow>;
  readonly count: number;
}

/** The other hubs, where there are several (SI11). */
export interface RemoteHubs {
  /**
   * Hands signals to another hub, and resolves to the outcome of each, in their order. Calls to one hub MUST arrive in
   * order. MUST NOT reject: an outcome that is not known is `signal.unreachable`.
   */
  deliver(hub: string, signals: readonly ForwardedSignal[]): Promise<readonly DeliveryOutcome[]>;
}

/** Counts on the signal path: MUST NOT write or wait. */
export interface Stats {
  received(messageType: number, bytes: number): void;
  delivered(signal: SignalMeta): void;
}

/** What the hub reports to observers: logs and counters. Never a token, never the contents of a signal. */
export type HubEvent =
  | { readonly event: "session.begun"; readonly session: Session }
  | ({ readonly event: "session.ended" } & SessionEnd)
  | {
      readonly event: "frame.refused";
      /** The session's id, or the socket's where there is no session yet. */
      readonly connectionId: SessionId | SocketId;
      readonly code: ErrorCode;
      readonly fault: Fault;
    }
  | ({ readonly event: "signal.undelivered"; readonly code: ErrorCode } & SignalMeta)
  | {
      readonly event: "hub.failed";
      /** null: the failure belongs to no one connection. */
      readonly connectionId: SessionId | SocketId | null;
      readonly error: unknown;
    };

export type Observe = (event: HubEvent) => void;

export interface HubPorts {
  readonly sockets: HubSockets;
  readonly sessions: SessionStore;
  readonly authenticate: Authenticate;
  readonly observe: Observe;
  readonly stats: Stats;
  readonly remoteHubs: RemoteHubs;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A uuid. */
  readonly newSessionId: () => SessionId;
}

export interface HubSettings {
  readonly maxSessions: number;
  readonly heartbeatIntervalMs: number;
  /** No session ends for being silent for less than this, however short the heartbeat interval (HB4). */
  readonly minSilenceMs: number;
  readonly connectTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly framesPerSecond: number;
  readonly frameBurst: number;
  /** The size limit of one message that holds several frames (BA1). */
  readonly maxBatchBytes: number;
}

/** Which hub this is, and how many share the clients. */
export interface Placement {
  readonly hubName: string;
  readonly hubs: Hubs;
}
