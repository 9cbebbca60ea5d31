/** Two clients on a fake network, each with a `peer()` on a fake RTCPeerConnection. */
import { vi } from "vitest";
import type { Peer, PeerEvents, PeerOptions } from "../../../src/client/peer/contract.ts";
import { callOf } from "../../../src/client/peer/incoming-call.ts";
import { HEAD_START_MS } from "../../../src/client/peer/offer-pace.ts";
import { peer } from "../../../src/client/peer/peer.ts";
import type { Signal } from "../../../src/client/signal.ts";
import { FakeNet, type FakeClient } from "./fake-net.ts";
import { FakeRtc } from "./fake-rtc.ts";
import { settled } from "./hand-clock.ts";

/** One side of a call, and its events except tracks and data channels. */
export interface Side {
  readonly peer: Peer<FakeRtc>;
  readonly events: [keyof PeerEvents<FakeRtc>, unknown][];
}

/** Its timers are vitest's fake ones: call `vi.useRealTimers()` after the test. */
export class PeerWorld {
  readonly net = new FakeNet();
  readonly alice = this.net.client("alice");
  readonly bob = this.net.client("bob");

  constructor() {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  }

  /** Both sides begin at once. */
  callBoth(setup?: (rtc: FakeRtc) => void): [Side, Side] {
    return [call(this.alice, "bob", setup), call(this.bob, "alice", setup)];
  }
}

/** By default, the connection needs a negotiation from the beginning. */
export function call(
  client: FakeClient,
  target: string,
  setup = (rtc: FakeRtc) => rtc.want(),
  options: Pick<PeerOptions, "connectTimeoutMs"> = {},
): Side {
  const made = peer(client, target, { RTCPeerConnection: FakeRtc, setup, ...options });
  const events: Side["events"] = [];
  for (const name of ["connection", "connectionstate", "error", "closed"] as const) {
    made.on(name, (value) => events.push([name, value]));
  }
  return { peer: made, events };
}

/** Waits until nothing happens any more, the polite side's wait for the other's first offer included. */
export async function rest(): Promise<void> {
  for (let round = 0; round < 10; round++) await settled();
  vi.advanceTimersByTime(HEAD_START_MS);
  for (let round = 0; round < 10; round++) await settled();
}

/** Lets so much time pass. */
export async function pass(ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= HEAD_START_MS) await rest();
}

/** The codes of the side's errors. */
export function codes({ events }: Side): unknown[] {
  return events.flatMap(([name, value]) =>
    // The event's name implies the type of its value.
    name === "error" ? (value as PeerEvents<FakeRtc>["error"]).code : [],
  );
}

/** Collects the client's incoming calls, until `stop()`. */
export function ringsOf(client: FakeClient): { readonly rings: Signal[]; stop(): void } {
  const rings: Signal[] = [];
  const stop = client.on("signal", (signal) => {
    if (callOf(signal) === "call") rings.push(signal);
  });
  return { rings, stop };
}
