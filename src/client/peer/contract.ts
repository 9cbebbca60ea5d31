/** The types of what `peer()` takes and returns. */
import type { SignalClient } from "../client.ts";
import type { SignalError } from "../errors.ts";
import type { EventOf, PlatformConfig, PlatformConnection, RtcConnection } from "./rtc.ts";

/** The part of a client that `peer()` needs. */
export type PeerClient = Pick<SignalClient, "clientId" | "state" | "send" | "on"> & {
  /** Finds out at once whether the hub is still there. */
  probe?(): void;
};

export interface PeerOptions<
  Connection extends RtcConnection = PlatformConnection,
  Config = PlatformConfig,
> {
  /**
   * The configuration of each RTCPeerConnection: ICE servers and so on. A function is asked for each RTCPeerConnection and
   * each ICE restart, so that credentials are fresh. It may be asynchronous; then its value is set with
   * `setConfiguration`, which cannot change `bundlePolicy`, `rtcpMuxPolicy` and `certificates`. If it throws, rejects or
   * takes more than ten seconds, `error` says so with `negotiation-failed`, and the last configuration stands.
   */
  readonly rtcConfig?: NoInfer<Config> | (() => NoInfer<Config> | Promise<NoInfer<Config>>);
  /**
   * Milliseconds within which the call should be connected, from `peer()`, from a reload of the other side, or from the
   * failure of its connection. `call-not-connected` then says once that it is not; the call goes on. Infinity: never.
   * Default 30,000.
   */
  readonly connectTimeoutMs?: number;
  /** Any implementation of the standard. Default: the platform's. */
  readonly RTCPeerConnection?: new (config?: Config) => Connection;
  /**
   * Called with each RTCPeerConnection before it negotiates: add tracks and data channels here. When the other side is
   * reloaded, its end of the connection is gone, so `setup` is called again with another one. If it throws then, the call ends.
   */
  readonly setup?: (connection: NoInfer<Connection>) => void;
}

export interface PeerEvents<Connection extends RtcConnection> {
  /**
   * Another RTCPeerConnection replaces the last one, which is closed: the other side was reloaded or has another one, or the
   * last one was of no use any more.
   */
  connection: Connection;
  /** The new `connectionState` of the RTCPeerConnection. */
  connectionstate: Connection["connectionState"];
  track: EventOf<Connection, "ontrack">;
  datachannel: EventOf<Connection, "ondatachannel">;
  /**
   * `target-absent` while the other side is not there, `call-not-connected` once if the call does not connect in time,
   * `negotiation-failed`, or whatever `send` rejects with.
   */
  error: SignalError;
  /** The call has ended. Emitted once. `remote`: the other side hung up. */
  closed: { readonly by: "local" | "remote" };
}

export interface Peer<Connection extends RtcConnection = PlatformConnection> {
  readonly targetId: string;
  /** Whether this side takes back its own offer when two offers cross. */
  readonly polite: boolean;
  /** The current RTCPeerConnection. */
  readonly connection: Connection;
  /** Returns a function that removes the listener. */
  on<Name extends keyof PeerEvents<Connection>>(
    event: Name,
    listener: (value: PeerEvents<Connection>[Name]) => unknown,
  ): () => void;
  /** Hangs up on both sides and closes the RTCPeerConnection. The client stays connected. */
  close(): void;
}
