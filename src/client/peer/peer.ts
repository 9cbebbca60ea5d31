/** `peer()`: two clients keep one RTCPeerConnection between them, whoever begins, whoever is reloaded. */
import { SignalError } from "../errors.ts";
import { Call } from "./call.ts";
import type { Peer, PeerClient, PeerOptions } from "./contract.ts";
import type { PlatformConfig, PlatformConnection, RtcConnection } from "./rtc.ts";

/** The targets with which each client has a call. */
const TARGETS = new WeakMap<PeerClient, Set<string>>();

/**
 * Perfect negotiation with the client `targetId`, which does the same: each side calls `peer()`, in any order, and adds
 * tracks or data channels when it likes. After a reconnect of the client, and when the connection has failed, ICE is
 * restarted. One at a time for each client and target.
 * @throws SignalError `bad-option`: a second one for the target, this client's own id, or no RTCPeerConnection.
 */
export function peer<
  Connection extends RtcConnection = PlatformConnection,
  Config = PlatformConfig,
>(
  client: PeerClient,
  targetId: string,
  options: PeerOptions<Connection, Config> = {},
): Peer<Connection> {
  const targets = TARGETS.get(client) ?? new Set();
  if (targetId === client.clientId || targets.has(targetId)) {
    const detail = targets.has(targetId)
      ? "there is a peer for this target: close it first"
      : "a client cannot be its own peer";
    throw new SignalError("bad-option", { target: targetId, detail });
  }
  const call = new Call(client, targetId, create(options));
  TARGETS.set(client, targets.add(targetId));
  call.on("closed", () => void targets.delete(targetId));
  return call;
}

interface Platform<Connection, Config> {
  readonly RTCPeerConnection?: new (config?: Config) => Connection;
}

function create<Connection extends RtcConnection, Config>(
  options: PeerOptions<Connection, Config>,
): () => Connection {
  const { rtcConfig, setup } = options;
  // Without the option the type parameters are the platform's own.
  const RTCPeerConnection =
    options.RTCPeerConnection ??
    (globalThis as { RTCPeerConnection?: unknown } as Platform<Connection, Config>)
      .RTCPeerConnection;
  if (RTCPeerConnection === undefined) {
    throw new SignalError("bad-option", {
      detail: "this platform has no RTCPeerConnection: give the option",
    });
  }
  return () => {
    const connection = new RTCPeerConnection(rtcConfig);
    setup?.(connection);
    return connection;
  };
}
