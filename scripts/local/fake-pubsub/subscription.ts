/** A subscription of the fake: it delivers at least once, and in the order of each key if it was made for that. */
import type { FakeMessage } from "./publish-rules.ts";

export interface Delivery {
  readonly ackId: string;
  readonly message: FakeMessage & { readonly messageId: string; readonly publishTime: string };
}

interface Held {
  readonly message: Delivery["message"];
  /** null: the message has not been delivered. */
  ackId: string | null;
  dueAtMs: number;
}

export class FakeSubscription {
  readonly #name: string;
  readonly #isOrdered: boolean;
  readonly #ackDeadlineMs: number;
  #held: Held[] = [];
  #deliveries = 0;

  constructor(name: string, isOrdered: boolean, ackDeadlineSeconds: number) {
    this.#name = name;
    this.#isOrdered = isOrdered;
    this.#ackDeadlineMs = ackDeadlineSeconds * 1000;
  }

  put(message: Delivery["message"]): void {
    this.#held.push({ message, ackId: null, dueAtMs: 0 });
  }

  /** As in production, a key waits while a delivered message of it is not acknowledged. */
  pull(limit: number, nowMs: number): Delivery[] {
    const out = this.#held.filter(({ ackId, dueAtMs }) => ackId !== null && dueAtMs > nowMs);
    const waiting = new Set(
      this.#isOrdered ? out.map(({ message }) => message.orderingKey).filter(Boolean) : [],
    );
    const free = this.#held.filter(
      (held) => !out.includes(held) && !waiting.has(held.message.orderingKey),
    );
    return free.slice(0, limit).map((held) => {
      this.#deliveries += 1;
      held.ackId = `${this.#name}:${this.#deliveries}`;
      held.dueAtMs = nowMs + this.#ackDeadlineMs;
      return { ackId: held.ackId, message: held.message };
    });
  }

  /** Ignores the ids of deliveries that were repeated since. */
  acknowledge(ackIds: readonly string[]): void {
    const ids = new Set(ackIds);
    this.#held = this.#held.filter(({ ackId }) => ackId === null || !ids.has(ackId));
  }
}
