/**
 * One object of a world, as Cloudflare runs it: its memory goes with every eviction, its sockets and its memory go with a
 * reset, its storage and its alarm stay.
 */
import type { Callee } from "./calls.ts";
import type { Clock } from "./clock.ts";
import type { End } from "./connection.ts";
import type { Storage } from "./storage.ts";
import type { Trace } from "./trace.ts";

interface ObjectWorld {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly trace: Trace;
}

/** An event did not come to its end: the object that handled it has died. */
export class ObjectReset extends Error {
  override readonly name = "ObjectReset";
}

export class DurableObject<Memory> implements Callee {
  readonly name: string;
  readonly storage: Storage;
  /** The ends of the sockets that it accepted, and that a reset breaks. */
  readonly sockets = new Set<End>();
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #wake: () => Memory;
  #memory: Memory | null = null;
  #alarmMs = Infinity;
  readonly #underWay = new Set<() => void>();
  #life = 0;

  /** `wake`: makes the memory anew, from storage and sockets. */
  constructor(name: string, { clock, storage, trace }: ObjectWorld, wake: () => Memory) {
    this.name = name;
    this.storage = storage;
    this.#clock = clock;
    this.#trace = trace;
    this.#wake = wake;
  }

  /** Wakes the object if it has no memory. */
  get memory(): Memory {
    this.#memory ??= this.#wake();
    return this.#memory;
  }

  /** Forgets the memory, as the platform does with an object that is idle. False: an event is under way and keeps it awake. */
  evict(): boolean {
    if (this.#underWay.size > 0) return false;
    this.#memory = null;
    return true;
  }

  /** The object dies: what was under way never goes on, and its sockets break. */
  reset(): void {
    this.#trace.write(`${this.name} is reset`);
    this.#life += 1;
    this.#memory = null;
    for (const socket of this.sockets) socket.drop();
    this.sockets.clear();
    const interrupted = [...this.#underWay];
    this.#underWay.clear();
    for (const interrupt of interrupted) interrupt();
  }

  /** The object stays awake while this event is under way. Rejects with `ObjectReset` if a reset ends the event first. */
  during<Value>(event: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const interrupt = () => reject(new ObjectReset(`${this.name} was reset`));
      this.#underWay.add(interrupt);
      event
        .finally(() => this.#underWay.delete(interrupt))
        // A promise settles once: after a reset these change nothing.
        .then(resolve, reject);
    });
  }

  /** The promise as this incarnation of the object sees it: if a reset comes first it never settles, since the code that awaited it is gone. */
  inThisLife<Value>(promise: Promise<Value>): Promise<Value> {
    const life = this.#life;
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (life === this.#life) resolve(value);
        },
        (error: unknown) => {
          if (life === this.#life) reject(error);
        },
      );
    });
  }

  get alarmMs(): number {
    return this.#alarmMs;
  }

  /** Replaces the alarm that is set. It survives evictions and resets. */
  setAlarm(atMs: number, onFired: () => void): void {
    if (atMs === this.#alarmMs) return;
    this.#alarmMs = atMs;
    this.#clock.alarmAt(atMs, () => {
      // Another alarm has replaced it meanwhile.
      if (this.#alarmMs !== atMs) return;
      this.#alarmMs = Infinity;
      this.#trace.write(`${this.name} alarm`);
      onFired();
    });
  }
}
