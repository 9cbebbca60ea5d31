import { beforeEach, describe, expect, it } from "vitest";
import { ObjectReset, type DurableObject } from "./durable-object.ts";
import { Kernel } from "./kernel.ts";

let kernel: Kernel;
let object: DurableObject<{ life: number }>;
let lives: number;

beforeEach(() => {
  kernel = new Kernel({ seed: 1 });
  lives = 0;
  object = kernel.object("object", () => ({ life: (lives += 1) }));
});

describe("an object", () => {
  it("wakes when it is first needed and after each eviction, and keeps its storage", () => {
    expect(lives).toBe(0);
    object.storage.table<string, number>("rows").put("a", 1);
    expect(object.memory.life).toBe(1);
    expect(object.evict()).toBe(true);
    expect(object.memory.life).toBe(2);
    expect(object.storage.table("rows").count).toBe(1);
  });

  it("is not evicted while an event is under way", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { memory } = object;
    const event = object.during(promise);
    expect(object.evict()).toBe(false);
    resolve();
    await event;
    expect(object.memory).toBe(memory);
    expect(object.evict()).toBe(true);
  });

  it("loses its memory, its sockets and what was under way with a reset, and keeps its storage", async () => {
    const { client, server } = kernel.network.connect("object");
    const closes: number[] = [];
    client.attach({ receive: () => {}, closed: (code) => void closes.push(code) });
    object.sockets.add(server);
    object.storage.table<string, number>("rows").put("a", 1);
    const { memory } = object;
    const event = object.during(new Promise(() => {}));
    object.reset();
    await expect(event).rejects.toThrow(ObjectReset);
    await kernel.clock.settle();
    expect(closes).toEqual([1006]);
    expect(object.memory).not.toBe(memory);
    expect([object.sockets.size, object.storage.table("rows").count]).toEqual([0, 1]);
  });

  it("does not resume what it waited for before a reset", async () => {
    const answer = Promise.withResolvers<string>();
    const heard: string[] = [];
    void object.inThisLife(answer.promise).then((text) => heard.push(text));
    object.reset();
    void object.inThisLife(answer.promise).then((text) => heard.push(`${text}, new life`));
    answer.resolve("answer");
    await kernel.clock.settle();
    expect(heard).toEqual(["answer, new life"]);
  });

  it("has one alarm: the last that was set, through evictions and resets", async () => {
    const fired: number[] = [];
    const start = kernel.clock.now();
    const set = (afterMs: number) => object.setAlarm(start + afterMs, () => fired.push(afterMs));
    set(10);
    set(30);
    set(20);
    object.evict();
    object.reset();
    await kernel.clock.flow(100);
    expect(fired).toEqual([20]);
    expect(object.alarmMs).toBe(Infinity);
  });
});
