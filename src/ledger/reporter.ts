/** Hands what a hub has to tell to its Ledger: one report at a time, the same one again until it was taken. */
import type { HubStats } from "./hub-stats.ts";
import { REPORT_VERSION, type HubReport, type StatsDelta, type Ack } from "./contract.ts";
import type { Outbox } from "../worker/sqlite/outbox.ts";

export interface ReporterPorts {
  /** The hub's name. */
  readonly hub: string;
  readonly outbox: Pick<Outbox, "id" | "isEmpty" | "head" | "remove">;
  readonly counts: HubStats;
  /** May reject: the report is then made again. */
  readonly send: (report: HubReport) => Promise<Ack>;
  readonly failed: (error: unknown) => void;
  readonly now: () => number;
  readonly newId: () => string;
}

const MAX_EVENTS_A_REPORT = 200;

/** A Ledger that could not be reached is not tried again for every message that arrives. */
const RETRY_MS = 5000;

/** A client that signals ids it has invented causes an occasion a frame. So each is not a report: those that follow wait. */
const OCCASIONS_GAP_MS = 1000;

/** A report that is out for so long will not come back. */
const MAX_FLIGHT_MS = 30_000;

export class Reporter {
  readonly #ports: ReporterPorts;
  #tally: StatsDelta | null = null;
  #retryAtMs = 0;
  #occasionsAtMs = 0;
  #flight: { readonly sinceMs: number; readonly done: Promise<boolean> } | null = null;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
  }

  /** A session has begun or ended; or a signal did not arrive, and that was not told just now. */
  get hasEvents(): boolean {
    const { outbox, counts, now } = this.#ports;
    return !outbox.isEmpty || (counts.hasImmediateEvents && now() >= this.#occasionsAtMs);
  }

  /** As `hasEvents`, and the Ledger was not found away just now. */
  get isDue(): boolean {
    return this.hasEvents && this.#ports.now() >= this.#retryAtMs;
  }

  /** Something waits in memory, where it is lost if the hub sleeps. */
  get hasCounts(): boolean {
    return this.#tally !== null || !this.#ports.counts.isEmpty;
  }

  /** Something waits, if only a count. */
  get hasAnything(): boolean {
    return this.hasEvents || this.hasCounts;
  }

  /** Reports until no event waits. False: the Ledger could not be reached, try again later. Never rejects. */
  report(): Promise<boolean> {
    const nowMs = this.#ports.now();
    if (this.#flight !== null && nowMs - this.#flight.sinceMs < MAX_FLIGHT_MS) {
      return this.#flight.done;
    }
    const flight = { sinceMs: nowMs, done: this.#reportAll() };
    this.#flight = flight;
    void flight.done.then(() => {
      if (this.#flight === flight) this.#flight = null;
    });
    return flight.done;
  }

  async #reportAll(): Promise<boolean> {
    const { hub, outbox, send, failed, now } = this.#ports;
    try {
      do {
        const tally = this.#nextTally();
        const events = outbox.head(MAX_EVENTS_A_REPORT);
        if (tally === null && events.length === 0) return true;
        const taken = await send({
          version: REPORT_VERSION,
          hub,
          outboxId: outbox.id,
          events,
          stats: tally,
        });
        outbox.remove(taken.throughSequence);
        if (this.#tally === tally) this.#tally = null;
      } while (this.hasEvents);
      return true;
    } catch (error) {
      failed(error);
      this.#retryAtMs = now() + RETRY_MS;
      return false;
    }
  }

  /** The one that was not taken yet, or else a new one; null: nothing was counted. */
  #nextTally(): StatsDelta | null {
    const { counts, newId, now } = this.#ports;
    if (this.#tally !== null) return this.#tally;
    const counted = counts.take();
    if (counted === null) return null;
    if (counted.immediateEvents.length > 0) this.#occasionsAtMs = now() + OCCASIONS_GAP_MS;
    this.#tally = { id: newId(), atMs: now(), ...counted };
    return this.#tally;
  }
}
