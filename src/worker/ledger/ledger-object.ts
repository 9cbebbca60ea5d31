/** The Ledger as a Durable Object: adapts reports, questions and alarms to `Ledger` and `Courier`, and decides nothing. */
import { DurableObject } from "cloudflare:workers";
import type { Gauges } from "../../ledger/exposition.ts";
import type { ParkedEvent, SessionEntry } from "../../ledger/ports.ts";
import type { HubReport, Taken } from "../../ledger/report.ts";
import { describeError } from "../../log/log-hub-event.ts";
import type { ClientId } from "../../protocol/client-id.ts";
import { Alarm } from "../alarm.ts";
import type { Env } from "../env.ts";
import { servicesOf, type Services } from "../services.ts";
import { createLedger, type LedgerParts } from "./ledger-parts.ts";

/** When an alarm that failed tries again; and by when what was taken is published though the object was reset meanwhile. */
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
  /** undefined: to be made again from what is stored, since a transaction failed. */
  #made: LedgerParts | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#alarm = new Alarm(ctx.storage);
    const services = servicesOf(env);
    this.#services = services.ok ? services.value : null;
  }

  /** Idempotent. Throws if the report could not be stored: the hub reports it again. */
  async report(report: HubReport): Promise<Taken> {
    const taken = this.#try(({ ledger }) => ledger.take(report));
    await this.#arm(RETRY_ALARM_MS);
    this.#publish();
    return taken;
  }

  /** Wakes no hub. */
  async measure(): Promise<Measured> {
    return this.#try(({ stores }) => {
      const oldestMs = [...stores.queue.hubs()].flatMap((hub) =>
        stores.queue.head(hub, 1).map(({ atMs }) => atMs),
      );
      const ageMs = oldestMs.length === 0 ? 0 : Date.now() - Math.min(...oldestMs);
      return {
        samples: stores.state.read()?.samples ?? {},
        gauges: {
          signal_manager_connections: stores.sessions.count,
          signal_manager_events_queued: stores.queue.count,
          signal_manager_events_parked: stores.parked.count,
          signal_manager_events_oldest_age_seconds: Math.max(0, ageMs / 1000),
        },
      };
    });
  }

  async sessions(prefix: string, after: string | null, limit: number): Promise<SessionEntry[]> {
    return this.#try(({ stores }) => stores.sessions.page(prefix, after, limit));
  }

  async session(clientId: ClientId): Promise<SessionEntry | null> {
    return this.#try(({ stores }) => stores.sessions.find(clientId) ?? null);
  }

  async parked(afterSequence: number, limit: number): Promise<ParkedEvent[]> {
    return this.#try(({ stores }) => stores.parked.page(afterSequence, limit));
  }

  /** Publishes parked events again; null: all of them. How many. */
  async retryParked(sequences: readonly number[] | null): Promise<number> {
    const count = this.#try(({ ledger }) => ledger.retry(sequences));
    await this.#arm(RETRY_ALARM_MS);
    this.#publish();
    return count;
  }

  override async alarm(): Promise<void> {
    this.#alarm.wentOff();
    try {
      this.#try(({ ledger }) => ledger.summarise());
      await this.#run();
    } catch (error) {
      // Not thrown: the platform gives an alarm up after six failures, and nothing would ever be published again.
      this.#services?.log("ledger.failed", { error: describeError(error) });
      await this.#alarm.wakeBy(Date.now() + RETRY_ALARM_MS);
    }
  }

  get #parts(): LedgerParts {
    if (this.#services === null) throw new Error("the configuration is not valid");
    this.#made ??= createLedger(this.ctx.storage, this.#services);
    return this.#made;
  }

  #try<Value>(use: (parts: LedgerParts) => Value): Value {
    try {
      return use(this.#parts);
    } catch (error) {
      // What the stores remember may be of a transaction that was rolled back.
      this.#made = undefined;
      throw error;
    }
  }

  /** Does not wait for it: a hub's report is taken when it is stored. */
  #publish(): void {
    if (this.#parts.courier === null) return;
    this.ctx.waitUntil(
      this.#run().catch((error: unknown) => {
        this.#services?.log("ledger.failed", { error: describeError(error) });
      }),
    );
  }

  async #run(): Promise<void> {
    const parts = this.#parts;
    try {
      await parts.courier?.run();
    } catch (error) {
      if (this.#made === parts) this.#made = undefined;
      throw error;
    }
    await this.#arm(MIN_ALARM_GAP_MS);
  }

  /** The alarm goes off when something is due, but not within `gapMs`. */
  async #arm(gapMs: number): Promise<void> {
    const { ledger, courier } = this.#parts;
    const dueMs = [ledger.nextSummaryMs(), courier?.nextDueMs() ?? null].filter(
      (atMs) => atMs !== null,
    );
    if (dueMs.length === 0) return;
    await this.#alarm.wakeBy(Math.max(Math.min(...dueMs), Date.now() + gapMs));
  }
}
