/** The Ledger as a Durable Object: adapts RPC calls and alarms to `Ledger` and its dispatchers, and decides nothing. */
import { DurableObject } from "cloudflare:workers";
import {
  ackFor,
  encodeMeasured,
  readReport,
  type Ack,
  type AckV1,
  type HubReport,
  type HubReportV1,
  type Measured,
} from "../ledger/contract.ts";
import type { ParkedEvent, SessionEntry } from "../ledger/ports.ts";
import { measure } from "../ledger/projections.ts";
import { nextWakeMs, type LedgerWork } from "../ledger/schedule.ts";
import { describeError } from "../log/log.ts";
import { Alarm } from "./alarm.ts";
import { createLedger, type LedgerAssembly } from "./create-ledger.ts";
import { servicesOf, type Env, type Services } from "./services.ts";

/** Hubs and the Worker call every public method by RPC. */
export class LedgerObject extends DurableObject<Env> {
  readonly #alarm: Alarm;
  /** null: the configuration is not valid. */
  readonly #services: Services | null;
  #made: LedgerAssembly | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = new Alarm(ctx.storage);
    const services = servicesOf(env);
    this.#services = services.ok ? services.value : null;
  }

  /**
   * Takes a report of any release that it can read, and answers in the format of that release. Idempotent. Throws if the
   * report could not be read or stored: the hub sends it again.
   */
  async report(report: HubReport | HubReportV1): Promise<Ack | AckV1> {
    const ack = this.#assembly.ledger.accept(readReport(report));
    await this.#dispatch();
    return ackFor(report, ack);
  }

  /** Wakes no hub. */
  async measure(): Promise<Measured> {
    return encodeMeasured(measure(this.#assembly.stores, Date.now()));
  }

  async sessions(prefix: string, after: string | null, limit: number): Promise<SessionEntry[]> {
    return this.#assembly.stores.sessions.page(prefix, after, limit);
  }

  async parked(afterSequence: number, limit: number): Promise<ParkedEvent[]> {
    return this.#assembly.stores.parked.page(afterSequence, limit);
  }

  /** Queues parked events again; null: all of them. Returns how many were queued. */
  async retryParked(sequences: readonly number[] | null): Promise<number> {
    const count = this.#assembly.ledger.requeueParked(sequences);
    await this.#dispatch();
    return count;
  }

  override async alarm(): Promise<void> {
    this.#alarm.onFired();
    try {
      this.#assembly.ledger.emitSummaries();
      await this.#dispatch();
    } catch (error) {
      // Not thrown: the platform gives up an alarm after six failures, and nothing would ever be published again.
      this.#failed(error);
      await this.#arm({ nextSummaryMs: null, nextDrainMs: [], hasFailed: true });
    }
  }

  get #assembly(): LedgerAssembly {
    if (this.#services === null) throw new Error("the configuration is not valid");
    this.#made ??= createLedger(this.ctx.storage, this.#services, () => {
      this.ctx.waitUntil(this.#arm(this.#work()));
    });
    return this.#made;
  }

  /**
   * The alarm comes first, so that a reset loses nothing. Nobody awaits the publish requests: a report is taken once it is
   * stored, and an alarm that took minutes would hold up the next one.
   */
  async #dispatch(): Promise<void> {
    await this.#arm(this.#work());
    for (const dispatcher of this.#assembly.dispatchers) {
      this.ctx.waitUntil(dispatcher.drain().catch((error: unknown) => this.#failed(error)));
    }
  }

  #work(): Omit<LedgerWork, "nowMs"> {
    const { ledger, dispatchers } = this.#assembly;
    return {
      nextSummaryMs: ledger.nextSummaryMs(),
      nextDrainMs: dispatchers.map((dispatcher) => dispatcher.nextDrainMs()),
      hasFailed: false,
    };
  }

  async #arm(work: Omit<LedgerWork, "nowMs">): Promise<void> {
    const wakeMs = nextWakeMs({ nowMs: Date.now(), ...work });
    if (wakeMs !== null) await this.#alarm.wakeBy(wakeMs);
  }

  #failed(error: unknown): void {
    this.#services?.log("ledger.failed", { error: describeError(error) });
  }
}
