/** Being called: `callOf()` recognises a call, and `decline()` refuses it. To answer it, call `peer()`. */
import type { Signal } from "../signal.ts";
import type { PeerClient } from "./contract.ts";
import { readPeerMessage, SIGNAL_TYPE_OF, type PeerMessage } from "./message.ts";

/**
 * Whether a signal that reaches no `peer()` begins a call or hangs one up. Answer a `call` with
 * `peer(client, signal.source)` at any later time, since nothing of the call is lost meanwhile, or refuse it with
 * `decline(client, signal)`. A message to a call of this side begins none, even if that one has ended: the client answers it.
 */
export function callOf({ data }: Signal): "call" | "hang-up" | null {
  const message = readPeerMessage(data);
  if (message?.kind === "bye") return "hang-up";
  return message?.kind === "hello" && message.to === null ? "call" : null;
}

/**
 * Hangs up on the caller of a signal for which `callOf` returns `call`, without an RTCPeerConnection. With any other signal
 * it does nothing.
 * @throws SignalError (rejects) as `send` does.
 */
export async function decline(client: PeerClient, { source, data }: Signal): Promise<void> {
  const call = readPeerMessage(data);
  if (call === null) return;
  // This side has no call of its own, and "" is the id of none.
  const peer: PeerMessage = { from: "", to: call.from, kind: "bye" };
  await client.send(source, SIGNAL_TYPE_OF.bye, { peer });
}
