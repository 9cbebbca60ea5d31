/**
 * Signals that arrive before anybody listens. They are held, a fixed number at most, and given to the first listeners at the
 * end of the turn in which the first of them came: `peer()` and the application's own, for example, then hear them both.
 */
import type { Signal } from "../signal.ts";

export class EarlySignals {
  readonly #max: number;
  /** null from when they were given away: nothing is held again. */
  #held: Signal[] | null = [];
  #isFull = false;

  constructor(max: number) {
    this.#max = max;
  }

  get held(): readonly Signal[] {
    return this.#held ?? [];
  }

  /** `overflow` is said once, and then the signals are lost without another word. `none`: nothing is held any more. */
  hold(signal: Signal): "held" | "overflow" | "none" {
    if (this.#held === null) return "none";
    const hadRoom = !this.#isFull;
    this.#isFull = this.#held.length >= this.#max;
    if (!this.#isFull) this.#held.push(signal);
    return hadRoom && this.#isFull ? "overflow" : "held";
  }

  /** Gives them away in order, with those that arrive meanwhile. */
  giveTo(listener: (signal: Signal) => void): void {
    for (const signal of this.held) listener(signal);
    this.#held = null;
  }

  /** Forgets those that are held. Others may be held again. */
  clear(): void {
    this.#held?.splice(0);
    this.#isFull = false;
  }
}
