/** What the hub knows of one socket: a union in which each state owns only its own fields. Plain data, kept across hibernation. */
import type { Grant } from "../auth/grant.ts";
import type { Capability } from "../protocol/capabilities.ts";
import type { ClientId } from "../protocol/client-id.ts";
import type { Inbound } from "./inbound.ts";
import type { Bucket } from "./rate-limit.ts";

/** Made when the socket is accepted; the session that begins on the socket takes it over. */
export type SessionId = string;

interface Common {
  readonly id: SessionId;
  readonly bucket: Bucket;
  /** Messages in a row of which no frame could be read (FR6). */
  readonly lostFramings: number;
}

/** Waits for CONNECT. */
export interface AwaitingConnect extends Common {
  readonly state: "greeting";
  readonly connectByMs: number;
  /** What the upgrade's credentials allow; null: the upgrade had none (UP2). */
  readonly grant: Grant | null;
  /** The client id that the upgrade named, by its credentials or as a hint; null: it named none (CO7). */
  readonly expected: ClientId | null;
  readonly failures: number;
}

/** A CONNECT is being verified; what came behind it waits its turn (CO8). Lives no longer than that one event. */
export interface Authenticating extends Omit<AwaitingConnect, "state"> {
  readonly state: "authenticating";
  readonly waiting: Inbound[];
  readonly waitingBytes: number;
  /** All that came behind it, those that were too many among them (SE6). */
  readonly framesBehind: number;
}

/** Has a session. */
export interface Connected extends Common {
  readonly state: "connected";
  readonly session: Session;
  /** The last frame, whatever its answer was; a text `ping` counts too, but the platform keeps that time (HB4). */
  readonly lastActivityMs: number;
  /** Frames received from CONNECT on, that one included (SE6). */
  readonly messageCount: number;
}

/** The hub has closed the socket, or the peer has: nothing more is sent or heard. */
export interface Closed {
  readonly state: "closed";
  readonly id: SessionId;
}

export type Connection = AwaitingConnect | Authenticating | Connected | Closed;

/** What CONNECT settled; it does not change. */
export interface Session {
  readonly clientId: ClientId;
  readonly connectedAtMs: number;
  readonly capabilities: readonly Capability[];
  readonly targets: Grant["targets"];
  readonly expiresAtMs: Grant["expiresAtMs"];
}
