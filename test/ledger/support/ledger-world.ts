/** A Ledger on real stores, with a hand-turned clock. */
import type { StoredEvent } from "../../../src/events/event-types.ts";
import { Ledger, type LedgerSettings } from "../../../src/ledger/ledger.ts";
import type { LedgerStores } from "../../../src/ledger/ports.ts";
import {
  REPORT_VERSION,
  type HubReport,
  type OutboxEvent,
  type StatsDelta,
} from "../../../src/ledger/contract.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { EVENT_AT_MS } from "../../support/events.ts";
import { nodeStorage } from "../../support/node-storage.ts";

export class LedgerWorld {
  readonly #storage = nodeStorage();
  stores: LedgerStores = sqlLedgerStores(this.#storage, ["pubsub"]);
  readonly emitted: StoredEvent[] = [];
  readonly dropped: StoredEvent[] = [];
  nowMs = EVENT_AT_MS;
  ledger: Ledger;

  constructor(settings: Partial<LedgerSettings> = {}) {
    this.ledger = this.configured(settings);
  }

  /** Makes the Ledger anew, as after a deployment with other settings. */
  configured(settings: Partial<LedgerSettings>): Ledger {
    const ports = {
      stores: this.stores,
      now: () => this.nowMs,
      emit: (events: readonly StoredEvent[]) => this.emitted.push(...events),
      dropped: (event: StoredEvent) => this.dropped.push(event),
    };
    this.ledger = new Ledger(ports, { storesEvents: true, maxStored: 1000, ...settings });
    return this.ledger;
  }

  /** Loses what is in memory. */
  evict(): void {
    this.stores = sqlLedgerStores(this.#storage, ["pubsub"]);
    this.configured({});
  }

  queued(partition: string): StoredEvent[] {
    return this.stores.queue.of("pubsub").head(partition, 10_000);
  }

  get parked(): number[] {
    return this.stores.parked.page(0, 10_000).map(({ event }) => event.sequence);
  }

  sample(key: string): number {
    return this.stores.state.read()?.samples[key] ?? 0;
  }

  /** Parks the first event of the partition, as the dispatcher does. */
  park(partition: string): void {
    const queue = this.stores.queue.of("pubsub");
    const [event] = queue.head(partition, 1);
    if (event === undefined) throw new Error("there is nothing to park");
    queue.remove(partition, [event.sequence]);
    const refusal = { sink: "pubsub", reason: "400: bad", parkedAtMs: this.nowMs };
    this.stores.parked.park(event, refusal);
  }
}

export function reportOf(
  events: readonly OutboxEvent[],
  about: Partial<Omit<HubReport, "events">> = {},
): HubReport {
  return {
    version: REPORT_VERSION,
    hub: "main",
    outboxId: "outbox",
    stats: null,
    ...about,
    events,
  };
}

export function statsOf(id: string, about: Partial<StatsDelta> = {}): StatsDelta {
  return { id, atMs: EVENT_AT_MS, deltas: [], summaries: {}, immediateEvents: [], ...about };
}

export function begun(
  sequence: number,
  client_id: string,
  session_id = `s-${sequence}`,
): OutboxEvent {
  const data = { client_id, session_id, connected_at: new Date(EVENT_AT_MS).toISOString() };
  return { sequence, atMs: EVENT_AT_MS + sequence, body: { type: "client.connected", data } };
}

export function ended(
  sequence: number,
  client_id: string,
  session_id: string,
  reason = "closed",
): OutboxEvent {
  const data = { client_id, session_id, reason, duration_ms: 2500, message_count: 1 };
  return { sequence, atMs: EVENT_AT_MS + sequence, body: { type: "client.disconnected", data } };
}
