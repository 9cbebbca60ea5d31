/** A courier on real stores, with a hand-turned clock and a publisher that answers when it is told to. */
import type { PubsubMessage } from "../../../src/events/sinks/pubsub/cloud-event.ts";
import type { PublishOutcome } from "../../../src/events/sinks/pubsub/publish-outcome.ts";
import { Dispatcher, type Delivery } from "../../../src/events/dispatcher.ts";
import type { LedgerStores } from "../../../src/ledger/ports.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { connected, EVENT_AT_MS, stored } from "../../support/events.ts";
import { nodeStorage } from "../../support/node-storage.ts";

const SOURCE = "/signal-manager/hubs/";

export interface Request {
  readonly line: string;
  readonly sequences: readonly number[];
  /** Of each message the hub, by its source. */
  readonly hubs: readonly string[];
  readonly atMs: number;
  /** When its line was due. */
  readonly dueMs: number;
  readonly answer: (outcome: PublishOutcome) => Promise<void>;
  readonly fail: (error: unknown) => Promise<void>;
}

export class CourierWorld {
  readonly storage = nodeStorage();
  readonly stores: LedgerStores = sqlLedgerStores(this.storage);
  readonly courier: Dispatcher;
  readonly deliveries: Delivery[] = [];
  /** Requests that were not answered yet, the oldest first. */
  readonly open: Request[] = [];
  readonly requests: Request[] = [];
  nowMs = EVENT_AT_MS;
  random = 1;
  #sequence = 0;

  constructor() {
    this.courier = new Dispatcher(this.stores, {
      publish: (messages) => this.#publish(messages),
      now: () => this.nowMs,
      random: () => this.random,
      observe: (delivery) => this.deliveries.push(delivery),
    });
  }

  /** The sequences of the new events. */
  append(hub: string, count = 1): number[] {
    return Array.from({ length: count }, () => {
      this.#sequence += 1;
      this.stores.queue.append(stored(connected("alice"), { hub, sequence: this.#sequence }));
      return this.#sequence;
    });
  }

  /** Appends as a report does, and runs. */
  async take(hub: string, count = 1): Promise<number[]> {
    const sequences = this.append(hub, count);
    void this.courier.run();
    await settled();
    return sequences;
  }

  async answer(line: string, outcome: PublishOutcome): Promise<void> {
    const request = this.open.find((each) => each.line === line);
    if (request === undefined) throw new Error(`no request of ${line} is open`);
    await request.answer(outcome);
  }

  /** The alarm: it goes off when the courier has asked for it. */
  async advance(ms: number): Promise<void> {
    this.nowMs += ms;
    void this.courier.run();
    await settled();
  }

  /** Of each open request, its line and its sequences. */
  get flights(): Record<string, readonly number[]> {
    return Object.fromEntries(this.open.map(({ line, sequences }) => [line, sequences]));
  }

  queued(line: string): number[] {
    return this.stores.queue.head(line, 10_000).map(({ sequence }) => sequence);
  }

  get parked(): number[] {
    return this.stores.parked.page(0, 10_000).map(({ event }) => event.sequence);
  }

  #publish(messages: readonly PubsubMessage[]): Promise<PublishOutcome> {
    return new Promise((resolve, reject) => {
      const close = (settle: () => void) => {
        this.open.splice(this.open.indexOf(request), 1);
        settle();
        return settled();
      };
      const line = messages[0]?.orderingKey ?? "";
      const request: Request = {
        line,
        sequences: messages.map(({ attributes }) => Number(attributes["ce-sequence"])),
        hubs: messages.map(({ attributes }) =>
          decodeURIComponent(attributes["ce-source"]?.slice(SOURCE.length) ?? ""),
        ),
        atMs: this.nowMs,
        dueMs: this.stores.queue.retryState(line)?.retryAtMs ?? 0,
        answer: (outcome) => close(() => resolve(outcome)),
        fail: (error) => close(() => reject(error)),
      };
      this.open.push(request);
      this.requests.push(request);
    });
  }
}

/** Everything that needs no answer has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export const PUBLISHED: PublishOutcome = { kind: "published" };

export function retry(retryAfterMs: number | null = null): PublishOutcome {
  return { kind: "retry", reason: "503", retryAfterMs };
}

export function rejected(concerns: "message" | "settings"): PublishOutcome {
  return { kind: "rejected", reason: "400: bad", concerns };
}
