/** The messages that a subscription received, and waiting for more. */
import type { ReceivedMessage } from "../../scripts/local/pubsub-rest.ts";
import type { Collector } from "./pubsub-server.ts";

export class Collection implements Collector {
  readonly received: ReceivedMessage[] = [];
  readonly #looks = new Set<() => void>();

  add(message: ReceivedMessage): void {
    this.received.push(message);
    for (const look of this.#looks) look();
  }

  async until(
    isEnough: (received: readonly ReceivedMessage[]) => boolean,
    timeoutMs = 30_000,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (isEnough(this.received)) resolve();
    };
    const timer = setTimeout(() => {
      const last = this.received.at(-1)?.attributes["ce-id"] ?? "none";
      reject(new Error(`${this.received.length} messages came in time, the last of them ${last}`));
    }, timeoutMs);
    this.#looks.add(look);
    look();
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#looks.delete(look);
    }
  }

  /** Resolves when nothing has come for `quietMs`. */
  async settled(quietMs: number): Promise<void> {
    let seen: number;
    do {
      seen = this.received.length;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    } while (this.received.length > seen);
  }
}
