/** Where a test's seed comes from, and how a failure says which one it was. */
import { randomInt } from "node:crypto";

/** The environment variable that replays a failure. */
export const SEED_VARIABLE = "TEST_SEED";

/** The seed in the environment, else a new one. @throws if the variable is set to anything but a whole number. */
export function seedOfThisRun(env: NodeJS.ProcessEnv = process.env): number {
  const text = env[SEED_VARIABLE];
  if (text === undefined || text === "") return randomInt(2 ** 31);
  const seed = Number(text);
  if (!Number.isInteger(seed)) {
    throw new Error(`${SEED_VARIABLE} must be a whole number, got ${JSON.stringify(text)}`);
  }
  return seed;
}

/** Runs the body. If it fails, the error's message begins with the seed and with how to replay it. */
export async function replayable<Result>(
  seed: number,
  body: (seed: number) => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await body(seed);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`seed ${seed} (${SEED_VARIABLE}=${seed} replays it): ${message}`, { cause });
  }
}
