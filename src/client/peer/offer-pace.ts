/** When this side's next offer may leave: after the other side's head start, and at most eight per second. */
import type { Cancel, Clock } from "../ports.ts";

/** A loop of renegotiations is slowed to this rate. */
export const OFFERS_PER_SECOND = 8;

/** How long the polite side waits for the other's first offer: a round trip around the world, with a margin. */
export const HEAD_START_MS = 500;

export class OfferPace {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  #offersThisSecond = 0;
  #isHeadStart = false;
  #cancelHeadStart: Cancel = () => {};

  /** Calls `onReady` each time an offer may leave again. */
  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** Whether an offer has to wait. */
  get isHeld(): boolean {
    return this.#isHeadStart || this.#offersThisSecond >= OFFERS_PER_SECOND;
  }

  /** An offer has left. */
  offered(): void {
    if (this.#offersThisSecond++ > 0) return;
    this.#clock.after(1000, () => {
      this.#offersThisSecond = 0;
      this.#onReady();
    });
  }

  /**
   * Lets the other side offer first. When two peers meet, both want to offer, and implementations handle the rollback of
   * crossing offers badly. If no offer arrives in time, this side may offer.
   */
  giveHeadStart(): void {
    this.#isHeadStart = true;
    this.#cancelHeadStart();
    this.#cancelHeadStart = this.#clock.after(HEAD_START_MS, () => {
      this.#isHeadStart = false;
      this.#onReady();
    });
  }

  /** The other side has offered. */
  endHeadStart(): void {
    this.#isHeadStart = false;
  }
}
