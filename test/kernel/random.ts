/** Random numbers that one seed decides: the same seed gives the same numbers on every machine. Not for secrets. */

/** The small fast counter generator of PractRand (sfc32): 128 bits of state, one addition and three shifts per number. */
export class Random {
  readonly #seed: number;
  #a: number;
  #b: number;
  #c = 1;
  #counter = 1;

  /** `seed`: a whole number; its lower 32 bits count. */
  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#a = this.#seed;
    this.#b = Math.imul(this.#seed, 0x9e3779b9);
    // The author of sfc32 discards twelve numbers, after which similar seeds have nothing in common.
    for (let n = 0; n < 12; n += 1) this.uint32();
  }

  /**
   * A generator of its own for one concern. It depends on the seed and the label alone, so that one more number drawn for
   * latencies changes no fault of the storage.
   */
  fork(label: string): Random {
    let hash = this.#seed;
    for (const character of label) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
    return new Random(hash);
  }

  /** A whole number of 0 to 2³² − 1. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** A number from 0 up to, and never, 1. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** A whole number from 0 up to, and never, `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  /** A number from `least` up to `most`. Draws nothing if there is no choice. */
  between(least: number, most: number): number {
    return most > least ? least + this.fraction() * (most - least) : least;
  }

  /** Whether something that happens with this probability happens. Draws nothing if the answer is certain. */
  happens(probability: number): boolean {
    if (probability <= 0) return false;
    return probability >= 1 || this.fraction() < probability;
  }

  /** One of the items. @throws if there are none. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("there is nothing to pick from");
    return item;
  }

  /** An id in the form of a uuid of version 4. */
  uuid(): string {
    const hex = (length: number) =>
      Array.from({ length }, () => this.below(16).toString(16)).join("");
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }
}
