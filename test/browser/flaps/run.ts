/**
 * `npm run flaps`: two real browsers in a call, and a hub that goes and comes while both sides renegotiate. After every flap
 * the call must be whole, with no wish unmet. Exit code 1: a call was stuck, or a browser is missing.
 *
 * `--flaps N` (200), `--seed S` (random; it decides what happens, but not how long the browsers take), `--patience S` (30; the
 * seconds that a call has to be whole again), `--verbose` (after a failure the whole story), `--browser chromium|firefox` for
 * both sides, or `--pair firefox,chromium`, of which the first is the polite side.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { isBrowserName, missingBrowsers } from "./browsers.ts";
import { runRounds } from "./rounds.ts";
import { Stage, type Pair } from "./stage.ts";

const { values: options } = parseArgs({
  options: {
    flaps: { type: "string", default: "200" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    patience: { type: "string", default: "30" },
    browser: { type: "string", default: "chromium" },
    pair: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const pair = parsePair(options.pair ?? `${options.browser},${options.browser}`);
  const [flaps, seed, patience] = [options.flaps, options.seed, options.patience].map(parseNumber);
  const missing = missingBrowsers(pair);
  if (missing.length > 0) throw new Error(`NOT RUN. ${missing.join(" ")}`);
  console.log(`${flaps} flaps, ${pair.join(" (polite) with ")}: --seed ${seed} replays them.`);
  const stage = await Stage.set(pair);
  try {
    const summary = await runRounds(stage, {
      flaps: flaps ?? 0,
      seed: seed ?? 0,
      patienceMs: (patience ?? 0) * 1000,
      onStuck: report,
    });
    console.log(
      `${summary.stuck} of ${summary.flaps} flaps left the call stuck. The slowest call that recovered took ` +
        `${(summary.slowestMs / 1000).toFixed(1)} s; ${summary.replacements} RTCPeerConnections were replaced. --seed ${seed}`,
    );
    if (summary.stuck > 0) process.exitCode = 1;
  } finally {
    await stage.end();
  }
}

function report(round: number, faults: readonly string[], story: readonly string[]): void {
  console.log(`round ${round} STUCK: ${faults.join(" | ")}`);
  if (options.verbose) console.log(story.join("\n"));
}

function parsePair(text: string): Pair {
  const [polite = "", impolite = "", ...more] = text.split(",");
  if (!isBrowserName(polite) || !isBrowserName(impolite) || more.length > 0) {
    throw new Error(`a pair is two of chromium and firefox, got ${JSON.stringify(text)}`);
  }
  return [polite, impolite];
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) {
    throw new Error(`a whole number was expected, got ${JSON.stringify(text)}`);
  }
  return number;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
