import { beforeEach, describe, expect, it } from "vitest";
import { Clock } from "./clock.ts";
import { Random } from "./random.ts";

let clock: Clock;
let happened: string[];

/** An event that says when it happened. */
function happens(name: string): () => void {
  return () => void happened.push(`${name} at ${clock.now()}`);
}

beforeEach(() => {
  clock = new Clock(0);
  happened = [];
});

describe("time that flows", () => {
  it("lets each event happen at its own time, and those of one time in the order in which they were added", async () => {
    clock.after(30, happens("c"));
    clock.after(10, happens("a"));
    clock.after(30, happens("d"));
    clock.alarmAt(20, happens("b"));
    await clock.flow(29);
    expect(happened).toEqual(["a at 10", "b at 20"]);
    await clock.flow(1);
    expect(happened.slice(2)).toEqual(["c at 30", "d at 30"]);
    expect(clock.now()).toBe(30);
  });

  it("includes what events and their promises add meanwhile", async () => {
    clock.after(10, () => {
      clock.after(5, happens("later"));
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(happens("promised"));
    });
    await clock.flow(100);
    expect(happened).toEqual(["promised at 10", "later at 15"]);
  });

  it("orders a thousand events by time, whatever order they were added in", async () => {
    const random = new Random(3);
    const times: number[] = [];
    for (let n = 0; n < 1000; n += 1) {
      clock.after(random.below(200), () => void times.push(clock.now()));
    }
    await clock.flow(200);
    expect(times).toHaveLength(1000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("a clock that jumps", () => {
  it("lets everything that has become due happen at the new time", async () => {
    clock.after(10, happens("event"));
    clock.alarmAt(20, happens("alarm"));
    await clock.jump(100);
    expect(happened).toEqual(["event at 100", "alarm at 100"]);
  });
});

describe("a clock that is turned alone", () => {
  it("leaves alarms late until time next goes by, and lets messages arrive", async () => {
    clock.alarmAt(20, happens("alarm"));
    clock.pass(50);
    clock.after(0, happens("message"));
    await clock.settle();
    expect(happened).toEqual(["message at 50"]);
    await clock.jump(1);
    expect(happened).toEqual(["message at 50", "alarm at 51"]);
  });
});

describe("time that stands still", () => {
  it("lets what is due now happen, without anybody asking", async () => {
    const done = new Promise<void>((resolve) => clock.after(0, resolve));
    await done;
    expect(clock.now()).toBe(0);
  });

  it("lets nothing happen that is due later, however long one waits", async () => {
    clock.after(1, happens("later"));
    clock.alarmAt(0, happens("alarm"));
    await clock.settle();
    await clock.settle();
    expect(happened).toEqual([]);
  });

  it("reports what an event threw to whoever waits next, once", async () => {
    clock.after(0, () => {
      throw new Error("broken");
    });
    await expect(clock.settle()).rejects.toThrow("broken");
    await expect(clock.settle()).resolves.toBeUndefined();
  });
});
