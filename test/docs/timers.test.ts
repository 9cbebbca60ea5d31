/** Where the service sets timers. test/worker/timers.test.ts holds that none of them survives its request. */
import { expect, it } from "vitest";
import { sourceFiles } from "../support/source-files.ts";

const TIMER = /\b(setTimeout|setInterval|scheduler\.wait|AbortSignal\.(timeout|any))\b\(/g;

it("The service sets timers in one file, and waits in one other, where a Worker gathers its counts", () => {
  // The SDK runs in pages and programs, where a timer costs nothing.
  const service = sourceFiles("src").filter(({ path }) => !path.startsWith("src/client/"));
  const setting = service.flatMap(({ path, text }) =>
    Array.from(text.matchAll(TIMER), ([, name]) => `${path} ${name}`),
  );
  expect(setting).toEqual([
    "src/worker/timer.ts setTimeout",
    "src/worker/worker-stats.ts scheduler.wait",
  ]);
});
