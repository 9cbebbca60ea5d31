/** What `peer()` takes and returns. */
import type { SignalClient } from "../client.ts";
import type { SignalError } from "../errors.ts";
import type { EventOf, PlatformConfig, PlatformConnection, RtcConnection } from "./rtc.ts";

/** What `peer()` needs of a client. */
export type PeerClient = Pick<SignalClient, "clientId" | "state" | "send" | "on">;

export interface PeerOptions<
  Connection extends RtcConnection = PlatformConnection,
  Config = PlatformConfig,
> {
  /** What the RTCPeerConnection is constructed with: ICE servers and so on. */
  readonly rtcConfig?: NoInfer<Config>;
  /** Any implementation of the standard. Default: the platform's. */
  readonly RTCPeerConnection?: new (config?: Config) => Connection;
  /**
   * Called with each RTCPeerConnection before it negotiates: add tracks and data channels here. There is a second one
   * where the other side was reloaded, since its end of the first has gone with the page.
   */
  readonly setup?: (connection: NoInfer<Connection>) => void;
}

export interface PeerEvents<Connection extends RtcConnection> {
  /** Another RTCPeerConnection stands in the place of the last, which is closed: the other side was reloaded. */
  connection: Connection;
  /** `connectionState` of the RTCPeerConnection, when it changes. */
  connectionstate: Connection["connectionState"];
  track: EventOf<Connection, "ontrack">;
  datachannel: EventOf<Connection, "ondatachannel">;
  /** `target-absent`: the other side is not there (yet). `negotiation-failed`, and whatever `send` rejects with. */
  error: SignalError;
  /** Once. `remote`: the other side has hung up. */
  closed: { readonly by: "local" | "remote" };
}

export interface Peer<Connection extends RtcConnection = PlatformConnection> {
  readonly targetId: string;
  /** Of two offers that cross, the polite side takes its own back. */
  readonly polite: boolean;
  /** The present RTCPeerConnection. */
  readonly connection: Connection;
  /** Returns the undoing. */
  on<Name extends keyof PeerEvents<Connection>>(
    event: Name,
    listener: (value: PeerEvents<Connection>[Name]) => unknown,
  ): () => void;
  /** Hangs up: tells the other side and closes the RTCPeerConnection. The client stays connected. */
  close(): void;
}
