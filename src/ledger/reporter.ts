/** Hands a hub's events and counts to its Ledger: one report at a time, and the same one again until it was taken. */
import {
  REPORT_VERSION,
  type Ack,
  type HubReport,
  type OutboxEvent,
  type StatsDelta,
} from "./contract.ts";
import type { HubStats } from "./hub-stats.ts";

/** A hub's events that the Ledger has not taken. */
export interface ReportedOutbox {
  readonly id: string;
  readonly isEmpty: boolean;
  head(limit: number): OutboxEvent[];
  remove(throughSequence: number): void;
}

/** What the reporter needs of its hub and of the platform. */
export interface ReporterPorts {
  /** The hub's name. */
  readonly hub: string;
  readonly outbox: ReportedOutbox;
  readonly stats: HubStats;
  /** May reject: the report is then made again. */
  readonly send: (report: HubReport) => Promise<Ack>;
  readonly failed: (error: unknown) => void;
  readonly now: () => number;
  readonly newId: () => string;
}

const MAX_EVENTS_PER_REPORT = 200;

/** A Ledger that could not be reached is not tried again for every message that arrives. */
const RETRY_MS = 5000;

/**
 * A client that signals invented ids causes an immediate event with every frame. The first is reported at once, and
 * those that follow wait this long, so that not every one is a report.
 */
const IMMEDIATE_GAP_MS = 1000;

/** A report that has been under way for so long will not come back. */
const MAX_REPORT_MS = 30_000;

/** Reports for one hub, or for the Worker. */
export class Reporter {
  readonly #ports: ReporterPorts;
  /** Drained from the stats, and not yet accepted by the Ledger. */
  #delta: StatsDelta | null = null;
  #retryAtMs = 0;
  #nextImmediateMs = 0;
  #underWay: { readonly sinceMs: number; readonly done: Promise<boolean> } | null = null;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
  }

  /** Events wait that must be reported at once: a session's beginning or end, or a signal that did not arrive. */
  get hasEvents(): boolean {
    const { outbox, stats, now } = this.#ports;
    return !outbox.isEmpty || (stats.hasImmediateEvents && now() >= this.#nextImmediateMs);
  }

  /** Counts or events wait in memory, where they are lost if the hub sleeps. */
  get hasStats(): boolean {
    return this.#delta !== null || !this.#ports.stats.isEmpty;
  }

  get isReporting(): boolean {
    return this.#underWay !== null && this.#ports.now() - this.#underWay.sinceMs < MAX_REPORT_MS;
  }

  /** When the Ledger may be tried again after a failure. */
  get retryAtMs(): number {
    return this.#retryAtMs;
  }

  /** Reports until no event waits. False: the Ledger could not be reached. Joins a report that is under way. Never rejects. */
  report(): Promise<boolean> {
    if (this.#underWay !== null && this.isReporting) return this.#underWay.done;
    const started = { sinceMs: this.#ports.now(), done: this.#reportAll() };
    this.#underWay = started;
    void started.done.then(() => {
      if (this.#underWay === started) this.#underWay = null;
    });
    return started.done;
  }

  async #reportAll(): Promise<boolean> {
    const { hub, outbox, send, failed, now } = this.#ports;
    try {
      do {
        const delta = this.#nextDelta();
        const events = outbox.head(MAX_EVENTS_PER_REPORT);
        if (delta === null && events.length === 0) return true;
        const report = { hub, outboxId: outbox.id, events, stats: delta };
        const ack = await send({ version: REPORT_VERSION, ...report });
        outbox.remove(ack.throughSequence);
        if (this.#delta === delta) this.#delta = null;
      } while (this.hasEvents);
      return true;
    } catch (error) {
      failed(error);
      this.#retryAtMs = now() + RETRY_MS;
      return false;
    }
  }

  /** The delta that was not taken yet, or else a new one; null: nothing was counted. */
  #nextDelta(): StatsDelta | null {
    const { stats, newId, now } = this.#ports;
    if (this.#delta !== null) return this.#delta;
    const drained = stats.drain();
    if (drained === null) return null;
    if (drained.immediateEvents.length > 0) this.#nextImmediateMs = now() + IMMEDIATE_GAP_MS;
    this.#delta = { id: newId(), atMs: now(), ...drained };
    return this.#delta;
  }
}
