/** `peer()`: keeps one RTCPeerConnection between two clients, whichever of them begins or is reloaded. */
import { SignalError } from "../errors.ts";
import { platformPorts } from "../platform.ts";
import { Call } from "./call.ts";
import type { Peer, PeerClient, PeerOptions } from "./contract.ts";
import { callsOf } from "./live-calls.ts";
import type { PlatformConfig, PlatformConnection, RtcConnection } from "./rtc.ts";

/**
 * Negotiates with the client `targetId` by "perfect negotiation". Each side calls `peer()`, in any order, and adds tracks or
 * data channels at any time. ICE restarts when the connection has failed, and after a reconnect of the client unless it is
 * connected. A client has one peer per target.
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
  const calls = callsOf(client);
  const last = calls.get(targetId);
  const isTaken = last !== undefined && !last.isClosed && !last.hasOutlivedClient;
  if (targetId === client.clientId || isTaken) {
    const detail = isTaken
      ? "this target has a peer already: close it first"
      : "a client cannot be its own peer";
    throw new SignalError("bad-option", { target: targetId, detail });
  }
  const call = new Call(client, targetId, options, platformPorts());
  calls.set(targetId, call);
  last?.close();
  last?.takeBackBye();
  return call;
}
