/** What the hub knows about one socket: a union in which each state owns its own fields. Plain data, kept across hibernation. */
import type { Grant } from "../auth/grant.ts";
import type { Capability } from "../protocol/capabilities.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Inbound } from "../wires/wire.ts";
import type { Bucket } from "./rate-limit.ts";

/** Made when the socket is accepted. Unique within its hub. */
export type SocketId = string;

/** Made when CONNECT succeeds: a uuid, the `session_id` of the wire (CO2). */
export type SessionId = string;

interface OpenSocket {
  readonly socketId: SocketId;
  readonly bucket: Bucket;
  /** Messages in a row in which no frame could be read (FR6). */
  readonly lostFramings: number;
}

/** The socket is open, and its client has not sent a CONNECT that succeeded. */
export interface AwaitingConnect extends OpenSocket {
  readonly state: "awaiting-connect";
  readonly connectByMs: number;
  /** What the upgrade's credentials allow; null: the upgrade showed none (UP2). */
  readonly grant: Grant | null;
  /** The client id that the upgrade named, by its credentials or as a hint; null: it named none (CO7). */
  readonly expectedClientId: ClientId | null;
  readonly failures: number;
}

/** A CONNECT is being verified, and what came behind it waits (CO8). This state lives no longer than that one event. */
export interface Authenticating extends Omit<AwaitingConnect, "state"> {
  readonly state: "authenticating";
  readonly waiting: readonly Inbound[];
  readonly waitingBytes: number;
  /** All frames that came behind the CONNECT, including those that were too many to wait (SE6). */
  readonly framesBehind: number;
}

/** A session is attached to the socket. */
export interface Connected extends OpenSocket {
  readonly state: "connected";
  readonly session: Session;
  /** When the last frame came, whatever its answer was. The platform keeps the time of text pings (HB4). */
  readonly lastActivityMs: number;
  /** Frames received in this session, its CONNECT included (SE6). */
  readonly frameCount: number;
}

/** The hub or the peer has closed the socket: nothing more is sent or received. */
export interface Closed {
  readonly state: "closed";
  readonly socketId: SocketId;
}

export type Connection = AwaitingConnect | Authenticating | Connected | Closed;

/** What CONNECT settled. It does not change, and it names no socket: a session may be attached to one, or to none. */
export interface Session {
  readonly id: SessionId;
  readonly clientId: ClientId;
  readonly connectedAtMs: number;
  readonly capabilities: readonly Capability[];
  readonly targets: Grant["targets"];
  readonly expiresAtMs: Grant["expiresAtMs"];
}

/** Names one session of a client, for an answer that may come when the client has another. */
export interface SessionRef {
  readonly clientId: ClientId;
  readonly sessionId: SessionId;
}

export function refOf({ clientId, id }: Session): SessionRef {
  return { clientId, sessionId: id };
}
