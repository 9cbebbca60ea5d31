/** The durations of one run, and their percentiles. */

/** More durations than a run of some seconds has; further ones are dropped. */
const MAX_SAMPLES = 2_000_000;

export class Latencies {
  readonly #samples = new Float64Array(MAX_SAMPLES);
  #count = 0;

  add(ms: number): void {
    if (this.#count < MAX_SAMPLES) this.#samples[this.#count++] = ms;
  }

  clear(): void {
    this.#count = 0;
  }

  /** In microseconds. */
  percentiles(): { readonly p50Micros: number; readonly p99Micros: number } {
    const sorted = this.#samples.subarray(0, this.#count).toSorted();
    const at = (part: number) => (sorted[Math.floor((sorted.length - 1) * part)] ?? NaN) * 1000;
    return { p50Micros: at(0.5), p99Micros: at(0.99) };
  }
}
