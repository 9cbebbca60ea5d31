/** A hub's reporter with a real outbox, real stats and a real Ledger. Each test decides when a report arrives, and whether its answer does. */
import type { HubReport, Ack } from "../../../src/ledger/contract.ts";
import { HubStats } from "../../../src/ledger/hub-stats.ts";
import { MESSAGE_TYPES } from "../../../src/protocol/messages/table.ts";
import type { Outbox } from "../../../src/worker/sqlite/outbox.ts";
import { sqlHubStores } from "../../../src/worker/sqlite/hub-stores.ts";
import { schedule } from "../../../src/hub/schedule.ts";
import { Reporter } from "../../../src/ledger/reporter.ts";
import { clientId } from "../../support/client-ids.ts";
import { connected } from "../../support/events.ts";
import { nodeStorage } from "../../support/node-storage.ts";
import { LedgerWorld } from "./ledger-world.ts";

export interface Flight {
  readonly report: HubReport;
  /** The Ledger has it, and the hub learns of it. */
  readonly arrive: () => Promise<void>;
  /** The Ledger has it, and the hub does not learn of it. */
  readonly loseAnswer: () => Promise<void>;
  readonly fail: () => Promise<void>;
}

export class ReporterWorld {
  readonly at = new LedgerWorld({ maxStored: 1_000_000 });
  readonly storage = nodeStorage();
  /** Reports on their way, the oldest first. */
  readonly flights: Flight[] = [];
  readonly failures: unknown[] = [];
  stats!: HubStats;
  outbox!: Outbox;
  reporter!: Reporter;
  #ids = 0;
  #lives = 0;

  constructor() {
    this.reset();
  }

  /** A new incarnation of the hub: what was in memory is gone, and answers to the old one reach nobody. */
  reset(): void {
    this.#lives += 1;
    const life = this.#lives;
    const newId = () => `id-${(this.#ids += 1)}`;
    this.stats = new HubStats({ counts: true, emitsDelivered: false, isHub: false });
    this.outbox = sqlHubStores(this.storage, newId).outbox;
    this.reporter = new Reporter({
      hub: "main",
      outbox: this.outbox,
      stats: this.stats,
      send: (report) => this.#send(report, () => life === this.#lives),
      failed: (error) => this.failures.push(error),
      now: () => this.at.nowMs,
      newId,
    });
  }

  /** Whether the hub would report now. */
  get isDue(): boolean {
    return schedule(this.reporter.work(null), this.at.nowMs, "event").startsReport;
  }

  /** Whether anything waits to be reported. */
  get hasAnything(): boolean {
    return this.reporter.work(null).hasOutboxEvents || this.reporter.hasStats;
  }

  append(): void {
    this.outbox.append({ atMs: this.at.nowMs, body: connected("alice") });
  }

  count(): void {
    this.stats.received(MESSAGE_TYPES.HEARTBEAT.value, 30);
  }

  /** Something that is emitted as an event and is not in the outbox. */
  occur(): void {
    this.stats.observe({
      event: "signal.undelivered",
      code: 404,
      source: clientId("alice"),
      target: clientId("bob"),
      messageType: MESSAGE_TYPES.SIGNAL_OFFER.value,
    });
  }

  get counted(): number {
    return this.at.sample('signal_manager_frames_total{type="heartbeat"}');
  }

  #send(report: HubReport, isAlive: () => boolean): Promise<Ack> {
    return new Promise((resolve, reject) => {
      const land = (settle: () => void) => {
        this.flights.splice(this.flights.indexOf(flight), 1);
        if (isAlive()) settle();
        return settled();
      };
      const flight: Flight = {
        report,
        arrive: () => {
          const taken = this.at.ledger.accept(report);
          return land(() => resolve(taken));
        },
        loseAnswer: () => {
          this.at.ledger.accept(report);
          return land(() => reject(new Error("the connection was lost")));
        },
        fail: () => land(() => reject(new Error("the Ledger is away"))),
      };
      this.flights.push(flight);
    });
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
