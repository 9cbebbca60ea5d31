/** `decline()`: the other side learns that nobody answers. It takes no RTCPeerConnection. */
import type { Signal } from "../signal.ts";
import type { PeerClient } from "./contract.ts";
import { readPeerMessage, SIGNAL_TYPE_OF, type PeerMessage } from "./message.ts";

/** Hangs up on the caller of a signal of which `callOf` says `call`; of any other it does nothing. Rejects as `send` does. */
export async function decline(client: PeerClient, { source, data }: Signal): Promise<void> {
  const call = readPeerMessage(data);
  if (call === null) return;
  // No session of this side has begun: "" is nobody's.
  const peer: PeerMessage = { from: "", to: call.from, kind: "bye" };
  await client.send(source, SIGNAL_TYPE_OF.bye, { peer });
}
