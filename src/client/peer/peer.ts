/** `peer()`: keeps one RTCPeerConnection between two clients, whichever of them begins or is reloaded. */
import { SignalError } from "../errors.ts";
import { platformPorts } from "../platform.ts";
import { Call } from "./call.ts";
import { Connections } from "./connections.ts";
import type { Peer, PeerClient, PeerOptions } from "./contract.ts";
import type { PlatformConfig, PlatformConnection, RtcConnection } from "./rtc.ts";

/** The targets with which each client has a call. */
const TARGETS = new WeakMap<PeerClient, Set<string>>();

/**
 * Negotiates with the client `targetId` by "perfect negotiation". Each side calls `peer()`, in any order, and adds tracks or
 * data channels at any time. ICE restarts after a reconnect of the client and when the connection has failed. A client has
 * one peer per target.
 * @throws SignalError `bad-option` for a second peer with one target, for the client's own id, or without RTCPeerConnection.
 */
export function peer<
  Connection extends RtcConnection = PlatformConnection,
  Config = PlatformConfig,
>(
  client: PeerClient,
  targetId: string,
  options?: PeerOptions<Connection, Config>,
  // What the result is assigned to does not decide what `setup` is given.
): Peer<NoInfer<Connection>>;
/** With the platform's RTCPeerConnection. `ReturnType<typeof peer>` and `Parameters<typeof peer>` are of this signature. */
export function peer(client: PeerClient, targetId: string, options?: PeerOptions): Peer;
export function peer<Connection extends RtcConnection, Config>(
  client: PeerClient,
  targetId: string,
  options: PeerOptions<Connection, Config> = {},
): Peer<Connection> {
  const targets = TARGETS.get(client) ?? new Set();
  if (targetId === client.clientId || targets.has(targetId)) {
    const detail = targets.has(targetId)
      ? "this target has a peer already: close it first"
      : "a client cannot be its own peer";
    throw new SignalError("bad-option", { target: targetId, detail });
  }
  const ports = platformPorts();
  const connections = new Connections(options, ports.clock, () => {});
  const call = new Call(client, targetId, () => connections.create(), ports);
  TARGETS.set(client, targets.add(targetId));
  call.on("closed", () => void targets.delete(targetId));
  return call;
}
