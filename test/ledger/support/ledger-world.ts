/** A Ledger on real stores, with a hand-turned clock. */
import type { StoredEvent } from "../../../src/events/event-types.ts";
import { Ledger, type LedgerSettings } from "../../../src/ledger/ledger.ts";
import type { LedgerStores } from "../../../src/ledger/ports.ts";
import type { HubReport, OutboxEvent, StatsDelta } from "../../../src/ledger/contract.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { EVENT_AT_MS } from "../../support/events.ts";
import { nodeStorage } from "../../support/node-storage.ts";

export class LedgerWorld {
  readonly #storage = nodeStorage();
  stores: LedgerStores = sqlLedgerStores(this.#storage);
  readonly told: StoredEvent[] = [];
  readonly dropped: StoredEvent[] = [];
  nowMs = EVENT_AT_MS;
  ledger: Ledger;

  constructor(settings: Partial<LedgerSettings> = {}) {
    this.ledger = this.configured(settings);
  }

  /** As after a deployment with other settings. */
  configured(settings: Partial<LedgerSettings>): Ledger {
    const ports = {
      stores: this.stores,
      now: () => this.nowMs,
      tell: (event: StoredEvent) => this.told.push(event),
      dropped: (event: StoredEvent) => this.dropped.push(event),
    };
    this.ledger = new Ledger(ports, { queues: true, maxStored: 1000, ...settings });
    return this.ledger;
  }

  /** What was in memory is gone. */
  evict(): void {
    this.stores = sqlLedgerStores(this.#storage);
    this.configured({});
  }

  queued(line: string): StoredEvent[] {
    return this.stores.queue.head(line, 10_000);
  }

  get parked(): number[] {
    return this.stores.parked.page(0, 10_000).map(({ event }) => event.sequence);
  }

  sample(key: string): number {
    return this.stores.state.read()?.samples[key] ?? 0;
  }

  /** Puts the first of the line aside, as the courier does. */
  park(line: string): void {
    const [event] = this.stores.queue.head(line, 1);
    if (event === undefined) throw new Error("nothing to park");
    this.stores.queue.remove(line, [event.sequence]);
    this.stores.parked.park({ event, reason: "400: bad", parkedAtMs: this.nowMs });
  }
}

export function reportOf(
  events: readonly OutboxEvent[],
  about: Partial<Omit<HubReport, "events">> = {},
): HubReport {
  return { hub: "main", outboxId: "outbox", tally: null, ...about, events };
}

export function tallyOf(id: string, about: Partial<StatsDelta> = {}): StatsDelta {
  return { id, atMs: EVENT_AT_MS, deltas: [], summaries: {}, occasions: [], ...about };
}

export function begun(seq: number, client_id: string, session_id = `s-${seq}`): OutboxEvent {
  const data = { client_id, session_id, connected_at: new Date(EVENT_AT_MS).toISOString() };
  return { seq, atMs: EVENT_AT_MS + seq, body: { type: "client.connected", data } };
}

export function ended(
  seq: number,
  client_id: string,
  session_id: string,
  reason = "closed",
): OutboxEvent {
  const data = { client_id, session_id, reason, duration_ms: 2500, message_count: 1 };
  return { seq, atMs: EVENT_AT_MS + seq, body: { type: "client.disconnected", data } };
}
