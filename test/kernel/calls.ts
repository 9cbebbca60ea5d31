/** Calls from one object to another: they take time both ways, arrive in order, and may fail at three moments. */
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** How probable each failure of a call is. The caller sees the same error, whichever it was. */
export interface CallFaults {
  /** The call never arrives: it has no effect. */
  readonly before: number;
  /** The callee is reset while it handles the call: what it stored stays, its memory and its sockets are gone. */
  readonly during: number;
  /** The call has its effect and only the answer is lost. */
  readonly after: number;
}

export const NO_CALL_FAULTS: CallFaults = { before: 0, during: 0, after: 0 };

/** What a call reaches. */
export interface Callee {
  /** Its memory goes, and its sockets break. */
  reset(): void;
  /** The answer; rejects if the callee is reset first. */
  during<Answer>(answer: Promise<Answer>): Promise<Answer>;
}

export class CallFailed extends Error {
  override readonly name = "CallFailed";
}

interface ChannelWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Trace;
  readonly latencyMs: () => number;
}

/** All calls of one object to another. */
export class Channel {
  readonly #name: string;
  readonly #world: ChannelWorld;
  #lastArrivalMs = -Infinity;
  #calls = 0;

  constructor(name: string, world: ChannelWorld) {
    this.#name = name;
    this.#world = world;
  }

  async call<Answer>(
    callee: Callee,
    run: () => Answer | Promise<Answer>,
    faults: CallFaults,
  ): Promise<Answer> {
    this.#calls += 1;
    const name = `${this.#name} call ${this.#calls}`;
    const { random, trace } = this.#world;
    const [before, during, after] = [
      random.happens(faults.before),
      random.happens(faults.during),
      random.happens(faults.after),
    ];
    trace.write(name);
    await this.#arrival();
    if (before) throw this.#failure(name, "before its effect");
    const answer = callee.during(Promise.resolve(run()));
    if (during) callee.reset();
    const settled = await answer.catch((error: unknown) => {
      throw this.#failure(name, "during its effect", error);
    });
    await this.#wait(this.#world.latencyMs());
    if (after) throw this.#failure(name, "after its effect");
    return settled;
  }

  #failure(name: string, when: string, cause?: unknown): CallFailed {
    this.#world.trace.write(`${name} fails ${when}`);
    return new CallFailed(`${name} failed`, { cause });
  }

  #arrival(): Promise<void> {
    const { clock, latencyMs } = this.#world;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, clock.now() + latencyMs());
    return this.#wait(this.#lastArrivalMs - clock.now());
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#world.clock.after(ms, resolve));
  }
}
