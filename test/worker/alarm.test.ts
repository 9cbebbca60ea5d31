import { expect, it } from "vitest";
import { Alarm } from "../../src/worker/alarm.ts";

/** The platform's alarm, and how often it was set: each time costs a written row. */
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

it("An alarm moves to an earlier time only, and is written only then", async () => {
  const { platform, alarm } = storage(null);
  for (const atMs of [500, 700, 500, 300, 900]) await alarm.wakeBy(atMs);
  expect(platform).toEqual({ atMs: 300, sets: 2 });
});

it("An earlier alarm of another incarnation stays", async () => {
  const { platform, alarm } = storage(100);
  await alarm.wakeBy(500);
  expect(platform).toEqual({ atMs: 100, sets: 0 });
});

it("An alarm is set again once it has fired", async () => {
  const { platform, alarm } = storage(100);
  await alarm.wakeBy(500);
  alarm.onFired();
  await alarm.wakeBy(500);
  expect(platform).toEqual({ atMs: 500, sets: 1 });
});

it("An alarm covers every time from its own on, and nothing before it was read", async () => {
  const { alarm } = storage(300);
  expect([alarm.covers(null), alarm.covers(500)]).toEqual([true, false]);
  await alarm.wakeBy(500);
  expect([299, 300, 500].map((atMs) => alarm.covers(atMs))).toEqual([false, true, true]);
});
