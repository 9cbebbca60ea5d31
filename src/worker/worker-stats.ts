/**
 * What the Worker counts: upgrades, and signals of backends. The counts live in the isolate's memory. The first
 * request that was counted reports them a moment later, in the background. An isolate that ends takes unreported counts with it.
 */
import { HubStats } from "../ledger/hub-stats.ts";
import { Reporter } from "../ledger/reporter.ts";
import { reportFailed, sendReport } from "./ledgers.ts";
import type { Env, Services } from "./services.ts";

/** Counts within this time share one report. A Worker has no alarm, and its waiting costs nothing. */
const GATHER_MS = 1000;

/** What is counted during a report is reported too, because the next request may be an hour away. The platform ends a request that stays for longer. */
const MAX_ROUNDS = 2;

/**
 * After this time another request takes over the reports: the platform has ended the previous one. No shorter than the
 * reporter waits for a report, so that no request ever awaits another's promise: on Workers that request may already be gone.
 */
const MAX_TURN_MS = 30_000;

/** A request's turn to report: since when it gathers, and then since when it reports. */
interface Turn {
  sinceMs: number;
}

/** Stands in reports in place of a hub's name. */
const WORKER = "worker";

/** A Worker has no storage, and so no outbox. Its id keeps apart what the isolates report. */
const NO_OUTBOX = { isEmpty: true, head: () => [], remove: () => {} };

export class WorkerStats {
  readonly stats: HubStats;
  readonly #reporter: Reporter;
  #turn: Turn | null = null;

  constructor(env: Env, { config, log }: Services) {
    this.stats = new HubStats({
      counts: config.metrics.enabled,
      emitsDelivered: false,
      isHub: false,
    });
    this.#reporter = new Reporter({
      hub: WORKER,
      outbox: { id: crypto.randomUUID(), ...NO_OUTBOX },
      stats: this.stats,
      send: (report) => sendReport(env, config, report),
      failed: (error) => reportFailed(log, this.stats, WORKER, error),
      now: () => Date.now(),
      newId: () => crypto.randomUUID(),
    });
  }

  /** Call it when a request has counted something. */
  reportSoon(ctx: Pick<ExecutionContext, "waitUntil">): void {
    const nowMs = Date.now();
    if (!this.#reporter.hasStats) return;
    if (this.#turn !== null && nowMs - this.#turn.sinceMs < MAX_TURN_MS) return;
    this.#turn = { sinceMs: nowMs };
    ctx.waitUntil(this.#report(this.#turn));
  }

  async #report(turn: Turn): Promise<void> {
    const reporter = this.#reporter;
    for (let left = MAX_ROUNDS; left > 0 && reporter.hasStats; left -= 1) {
      await scheduler.wait(GATHER_MS);
      // This request took so long that another has taken over: that one reports what there is.
      if (this.#turn !== turn) return;
      turn.sinceMs = Date.now();
      // The Ledger could not be reached. The next request tries again.
      if (!(await reporter.report())) break;
    }
    if (this.#turn === turn) this.#turn = null;
  }
}

/** One per isolate, keyed by the platform's own object. */
const statsByEnv = new WeakMap<Env, WorkerStats>();

export function workerStatsOf(env: Env, services: Services): WorkerStats {
  const known = statsByEnv.get(env);
  if (known !== undefined) return known;
  const stats = new WorkerStats(env, services);
  statsByEnv.set(env, stats);
  return stats;
}
