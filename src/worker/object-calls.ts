/** Calls to hubs and Ledgers whose caller waits for the answer over HTTP: carries out the table of `object-errors.ts`. */
import { Unavailable } from "../admin/problem.ts";
import { describeError } from "../log/log.ts";
import type { CallFailure } from "../metrics/table.ts";
import { failureOf, LateAnswer, OBJECT_ERRORS } from "./object-errors.ts";
import type { Env, Services } from "./services.ts";
import { inTime } from "./timer.ts";
import { workerStatsOf } from "./worker-stats.ts";

/** The platform starts no attempt of its own later than that. Nobody at a screen waits for longer. */
const ANSWER_WITHIN_MS = 10_000;

export interface ObjectCall<Value> {
  /** The object's name, for the log. */
  readonly object: string;
  /** True: a call that reached the object twice does no harm, and its second answer is as good as the first. */
  readonly isRepeatable: boolean;
  /** MUST use a new stub: one that has failed once fails for ever. */
  readonly attempt: () => Promise<Value>;
}

/** @throws Unavailable where the platform is why there is no answer, and the object's own error where that is not so. */
export type CallObject = <Value>(call: ObjectCall<Value>) => Promise<Value>;

/** Counts and logs each failed attempt. */
export function createObjectCalls(
  env: Env,
  services: Services,
  ctx: Pick<ExecutionContext, "waitUntil">,
): CallObject {
  const failed = (object: string, failure: CallFailure, error: unknown) => {
    const worker = workerStatsOf(env, services);
    worker.stats.callFailed(failure);
    worker.reportSoon(ctx);
    // Whoever answers 500 logs the fault itself.
    if (failure === "fault") return;
    services.log("call.failed", { object, failure, error: describeError(error) });
  };
  return (call) => callWith(failed, call);
}

/** Waits until all calls have ended, so that none of them leaves a timer. @throws as the first call that failed. */
export async function callAll<Value>(calls: readonly Promise<Value>[]): Promise<Value[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

type Failed = (object: string, failure: CallFailure, error: unknown) => void;

async function callWith<Value>(failed: Failed, call: ObjectCall<Value>): Promise<Value> {
  let attempts = call.isRepeatable ? 2 : 1;
  const run = async (): Promise<Value> => {
    for (;;) {
      attempts -= 1;
      try {
        return await call.attempt();
      } catch (error) {
        const failure = failureOf(error);
        if (attempts <= 0 || !OBJECT_ERRORS[failure].isRepeated) throw error;
        failed(call.object, failure, error);
      }
    }
  };
  try {
    return await inTime(run(), ANSWER_WITHIN_MS, () => new LateAnswer(ANSWER_WITHIN_MS));
  } catch (error) {
    // An attempt that is still under way is the last one.
    attempts = 0;
    const failure = failureOf(error);
    failed(call.object, failure, error);
    const { retryAfterSeconds } = OBJECT_ERRORS[failure];
    if (retryAfterSeconds === null) throw error;
    throw new Unavailable(retryAfterSeconds, { cause: error });
  }
}
