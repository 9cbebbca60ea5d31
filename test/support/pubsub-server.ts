/** Pub/Sub as a suite needs it: a place to publish to, what arrived there, and outages. `startPubsub` gives one. */
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";

/** What one subscription received, in the order in which it came, repetitions included. */
export interface Collector {
  readonly received: readonly ReceivedMessage[];
  /** Resolves when `isEnough`, which is asked after each message. @throws after `timeoutMs`, with what there is. */
  until(
    isEnough: (received: readonly ReceivedMessage[]) => boolean,
    timeoutMs?: number,
  ): Promise<void>;
}

export interface PubsubServer {
  readonly kind: "emulator" | "fake";
  /** `http://127.0.0.1:PORT`: the same before and after an outage. */
  readonly endpoint: string;
  readonly project: string;
  /** Makes the topic, and receives from an ordered subscription of it until the server stops. */
  collect(topic: string): Promise<Collector>;
  /**
   * At once, as by SIGKILL: connections break, and requests under way are lost with their answers. What was accepted
   * before is received first, since the emulator keeps nothing.
   */
  kill(): Promise<void>;
  /** On the same port, with the topics and subscriptions of before; the collectors go on. */
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}
