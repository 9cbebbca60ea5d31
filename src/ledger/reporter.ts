/** Hands a hub's events and counts to its Ledger: one report at a time, and the same one again until it was taken. */
import {
  REPORT_VERSION,
  type Ack,
  type HubReport,
  type OutboxEvent,
  type StatsDelta,
} from "./contract.ts";
import { isUnderWay, type HubWork } from "../hub/schedule.ts";
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

/** Reports for one hub, or for the Worker. */
export class Reporter {
  readonly #ports: ReporterPorts;
  /** Drained from the stats, and not yet accepted by the Ledger. */
  #delta: StatsDelta | null = null;
  #immediateReportedAtMs: number | null = null;
  #failedAtMs: number | null = null;
  #underWay: { readonly sinceMs: number; readonly done: Promise<boolean> } | null = null;

  constructor(ports: ReporterPorts) {
    this.#ports = ports;
  }

  /** What `schedule` must know: the hub's next deadline, and the state of the reports. The hub asks after every message. */
  work(sweepAtMs: number | null): HubWork {
    const { outbox, stats } = this.#ports;
    return {
      sweepAtMs,
      hasOutboxEvents: !outbox.isEmpty,
      hasImmediateEvents: stats.hasImmediateEvents,
      hasStats: this.hasStats,
      immediateReportedAtMs: this.#immediateReportedAtMs,
      reportingSinceMs: this.#underWay?.sinceMs ?? null,
      reportFailedAtMs: this.#failedAtMs,
    };
  }

  /** Counts or events wait in memory, where they are lost if the hub sleeps. */
  get hasStats(): boolean {
    return this.#delta !== null || !this.#ports.stats.isEmpty;
  }

  /** Reports until the outbox is empty. False: the Ledger could not be reached. Joins a report that is under way. Never rejects. */
  report(): Promise<boolean> {
    const sinceMs = this.#ports.now();
    if (this.#underWay !== null && isUnderWay(this.#underWay.sinceMs, sinceMs)) {
      return this.#underWay.done;
    }
    const started = { sinceMs, done: this.#reportAll() };
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
        if (delta === null && events.length === 0) break;
        const report = { hub, outboxId: outbox.id, events, stats: delta };
        const ack = await send({ version: REPORT_VERSION, ...report });
        outbox.remove(ack.throughSequence);
        if (this.#delta === delta) this.#delta = null;
      } while (!outbox.isEmpty);
      this.#failedAtMs = null;
      return true;
    } catch (error) {
      failed(error);
      this.#failedAtMs = now();
      return false;
    }
  }

  /** The delta that was not taken yet, or else a new one; null: nothing was counted. */
  #nextDelta(): StatsDelta | null {
    const { stats, newId, now } = this.#ports;
    if (this.#delta !== null) return this.#delta;
    const drained = stats.drain();
    if (drained === null) return null;
    if (drained.immediateEvents.length > 0) this.#immediateReportedAtMs = now();
    this.#delta = { id: newId(), atMs: now(), ...drained };
    return this.#delta;
  }
}
