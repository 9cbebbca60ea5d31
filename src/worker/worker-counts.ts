/**
 * What the Worker counts: upgrades, and signals of backends. An isolate's memory, reported a moment later in the
 * background of the request that was counted first; what an isolate takes with it when it ends is not counted.
 */
import { HubStats } from "../ledger/hub-stats.ts";
import { describeError } from "../log/log.ts";
import type { Env } from "./services.ts";
import { ledgerOf } from "./ledgers.ts";
import { Reporter } from "../ledger/reporter.ts";
import type { Services } from "./services.ts";

/** What is counted within it makes one report. No alarm is to be had here, and a Worker's waiting costs nothing. */
const GATHER_MS = 1000;

/** What came during a report is reported, too: the next request may be an hour away. Not for ever: the platform ends that. */
const MAX_ROUNDS = 2;

/**
 * A request that was ended with its report under way is not waited for any longer. No less than the reporter waits for a
 * flight: no request may join another's, since one that is no more would be waited for for ever.
 */
const MAX_REPORT_MS = 30_000;

/** A request's turn to report: since when it gathers, then since when it reports. */
interface Turn {
  sinceMs: number;
}

/** In reports, in place of a hub's name. */
const WORKER = "worker";

/** A Worker has no storage, and so no outbox; its id keeps apart what the isolates report. */
const NO_OUTBOX = { isEmpty: true, head: () => [], remove: () => {} };

export class WorkerCounts {
  readonly book: HubStats;
  readonly #reporter: Reporter;
  #turn: Turn | null = null;

  constructor(env: Env, { config, log }: Services) {
    this.book = new HubStats({
      counts: config.metrics.enabled,
      tellsDelivered: false,
      isHub: false,
    });
    this.#reporter = new Reporter({
      hub: WORKER,
      outbox: { id: crypto.randomUUID(), ...NO_OUTBOX },
      counts: this.book,
      send: (report) => ledgerOf(env, config, WORKER).report(report),
      failed: (error) => log("report.failed", { hub: WORKER, error: describeError(error) }),
      now: () => Date.now(),
      newId: () => crypto.randomUUID(),
    });
  }

  /** To be called when a request has counted something. */
  settle(ctx: Pick<ExecutionContext, "waitUntil">): void {
    const nowMs = Date.now();
    if (!this.#reporter.hasAnything) return;
    if (this.#turn !== null && nowMs - this.#turn.sinceMs < MAX_REPORT_MS) return;
    this.#turn = { sinceMs: nowMs };
    ctx.waitUntil(this.#report(this.#turn));
  }

  async #report(turn: Turn): Promise<void> {
    for (let left = MAX_ROUNDS; left > 0 && this.#reporter.hasAnything; left -= 1) {
      await scheduler.wait(GATHER_MS);
      // Another request has taken over, since this one took so long: it reports what there is.
      if (this.#turn !== turn) return;
      turn.sinceMs = Date.now();
      if (!(await this.#reporter.report())) break;
    }
    if (this.#turn === turn) this.#turn = null;
  }
}

/** Keyed by the platform's own object: one an isolate. */
const countsByEnv = new WeakMap<Env, WorkerCounts>();

export function workerCountsOf(env: Env, services: Services): WorkerCounts {
  const known = countsByEnv.get(env);
  if (known !== undefined) return known;
  const counts = new WorkerCounts(env, services);
  countsByEnv.set(env, counts);
  return counts;
}
