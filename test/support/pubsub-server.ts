/** Pub/Sub as a suite needs it: an endpoint to publish to, what arrived there, and outages. `startPubsub` starts one. */
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";

/** What one subscription received, in the order of arrival and with repetitions. */
export interface Collector {
  readonly received: readonly ReceivedMessage[];
  /** Resolves when `isEnough` does, which is called after each message. @throws after `timeoutMs`, with what arrived. */
  until(
    isEnough: (received: readonly ReceivedMessage[]) => boolean,
    timeoutMs?: number,
  ): Promise<void>;
}

export interface PubsubServer {
  readonly kind: "emulator" | "fake";
  /** `http://127.0.0.1:PORT`, the same before and after an outage. */
  readonly endpoint: string;
  readonly project: string;
  /** Makes the topic with an ordered subscription, and receives from it until the server stops. */
  collect(topic: string): Promise<Collector>;
  /**
   * Ends the server at once, as by SIGKILL: connections break, and requests in flight are lost with their answers. What it
   * accepted before is received first, since the emulator keeps nothing.
   */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the same topics and subscriptions; the collectors go on. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}
