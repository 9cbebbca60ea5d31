/** A Durable Object's one alarm. Setting it costs a written row, so it only ever moves to an earlier time. */

export class Alarm {
  readonly #storage: DurableObjectStorage;
  /** undefined: this incarnation has not read it yet. */
  #atMs: number | null | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Whether the alarm is known to fire at `atMs` or before. */
  covers(atMs: number | null): boolean {
    return atMs === null || (typeof this.#atMs === "number" && this.#atMs <= atMs);
  }

  /** Makes sure that the alarm fires at `atMs` or before; null: it need not. */
  async wakeBy(atMs: number | null): Promise<void> {
    if (atMs === null) return;
    if (this.#atMs === undefined) {
      const storedMs = await this.#storage.getAlarm();
      this.#atMs ??= storedMs;
    }
    if (this.covers(atMs)) return;
    this.#atMs = atMs;
    await this.#storage.setAlarm(atMs);
  }

  /** The alarm has fired: there is none until the next `wakeBy`. */
  onFired(): void {
    this.#atMs = null;
  }
}
