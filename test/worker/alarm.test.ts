import { expect, it } from "vitest";
import { Alarm } from "../../src/worker/alarm.ts";

/** The platform's alarm, and how often it was set: each time is a row written. */
function storage(setMs: number | null) {
  const platform = { atMs: setMs, sets: 0 };
  // The two methods that an Alarm uses.
  const fake = {
    getAlarm: () => Promise.resolve(platform.atMs),
    setAlarm: (atMs: number) => {
      platform.atMs = atMs;
      platform.sets += 1;
      return Promise.resolve();
    },
  } as unknown as DurableObjectStorage;
  return { platform, alarm: new Alarm(fake) };
}

it("is moved to an earlier time only, and written only then", async () => {
  const { platform, alarm } = storage(null);
  for (const atMs of [500, 700, 500, 300, 900]) await alarm.wakeBy(atMs);
  expect(platform).toEqual({ atMs: 300, sets: 2 });
});

it("leaves an earlier alarm of another incarnation alone", async () => {
  const { platform, alarm } = storage(100);
  await alarm.wakeBy(500);
  expect(platform).toEqual({ atMs: 100, sets: 0 });
});

it("is set anew once it has gone off", async () => {
  const { platform, alarm } = storage(100);
  await alarm.wakeBy(500);
  alarm.onFired();
  await alarm.wakeBy(500);
  expect(platform).toEqual({ atMs: 500, sets: 1 });
});
