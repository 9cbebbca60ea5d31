/** The Ledger as a Durable Object: adapts reports, questions and alarms to `Ledger` and `Dispatcher`, and decides nothing. */
import { DurableObject } from "cloudflare:workers";
import type { Gauges } from "../metrics/exposition.ts";
import type { ParkedEvent, SessionEntry } from "../ledger/ports.ts";
import type { HubReport, Ack } from "../ledger/contract.ts";
import { describeError } from "../log/log.ts";
import type { ClientId } from "../protocol/client-id.ts";
import { Alarm } from "./alarm.ts";
import type { Env } from "./services.ts";
import { servicesOf, type Services } from "./services.ts";
import { createLedger, type LedgerAssembly } from "./create-ledger.ts";

/** When an alarm that failed tries again. */
const RETRY_ALARM_MS = 10_000;

/** What is due together is served by one alarm. */
const MIN_ALARM_GAP_MS = 1000;

export interface Measured {
  /** By the key of `Sample`. */
  readonly samples: Readonly<Record<string, number>>;
  readonly gauges: Gauges;
}

/** Every public method is called by hubs or by the Worker, over RPC. */
export class LedgerObject extends DurableObject<Env> {
  readonly #alarm: Alarm;
  readonly #services: Services | null;
  #made: LedgerAssembly | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = new Alarm(ctx.storage);
    const services = servicesOf(env);
    this.#services = services.ok ? services.value : null;
  }

  /** Idempotent. Throws if the report could not be stored: the hub reports it again. */
  async report(report: HubReport): Promise<Ack> {
    const taken = this.#parts.ledger.take(report);
    await this.#publish();
    return taken;
  }

  /** Wakes no hub. */
  async measure(): Promise<Measured> {
    const { sessions, queue, parked, state } = this.#parts.stores;
    const nowMs = Date.now();
    let oldestMs = nowMs;
    for (const line of queue.lines()) {
      const [head] = queue.head(line, 1);
      if (head !== undefined && head.atMs < oldestMs) oldestMs = head.atMs;
    }
    return {
      samples: state.read()?.samples ?? {},
      gauges: {
        signal_manager_connections: sessions.count,
        signal_manager_events_queued: queue.count,
        signal_manager_events_parked: parked.count,
        signal_manager_events_oldest_age_seconds: (nowMs - oldestMs) / 1000,
      },
    };
  }

  async sessions(prefix: string, after: string | null, limit: number): Promise<SessionEntry[]> {
    return this.#parts.stores.sessions.page(prefix, after, limit);
  }

  async session(clientId: ClientId): Promise<SessionEntry | null> {
    return this.#parts.stores.sessions.find(clientId) ?? null;
  }

  async parked(afterSequence: number, limit: number): Promise<ParkedEvent[]> {
    return this.#parts.stores.parked.page(afterSequence, limit);
  }

  /** Publishes parked events again; null: all of them. How many. */
  async retryParked(sequences: readonly number[] | null): Promise<number> {
    const count = this.#parts.ledger.retry(sequences);
    await this.#publish();
    return count;
  }

  override async alarm(): Promise<void> {
    this.#alarm.onFired();
    try {
      this.#parts.ledger.summarise();
      await this.#publish();
    } catch (error) {
      // Not thrown: the platform gives an alarm up after six failures, and nothing would ever be published again.
      this.#failed(error);
      await this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    }
  }

  get #parts(): LedgerAssembly {
    if (this.#services === null) throw new Error("the configuration is not valid");
    this.#made ??= createLedger(this.ctx.storage, this.#services);
    return this.#made;
  }

  /**
   * The alarm comes first: should the object be reset meanwhile, it goes on from there. The requests are not waited for:
   * a report is taken when it is stored, and an alarm that took minutes would hold up the next.
   */
  async #publish(): Promise<void> {
    await this.#arm();
    const { courier } = this.#parts;
    if (courier === null) return;
    const run = courier.run().then(() => this.#arm());
    this.ctx.waitUntil(run.catch((error: unknown) => this.#failed(error)));
  }

  /** The alarm goes off when something is due, but not at once. */
  async #arm(): Promise<void> {
    const { ledger, courier } = this.#parts;
    const dueMs = [ledger.nextSummaryMs(), courier?.nextRunMs() ?? null].filter(
      (atMs) => atMs !== null,
    );
    if (dueMs.length === 0) return;
    await this.#alarm.wakeBy(Math.max(Math.min(...dueMs), Date.now() + MIN_ALARM_GAP_MS));
  }

  #failed(error: unknown): void {
    this.#services?.log("ledger.failed", { error: describeError(error) });
  }
}
