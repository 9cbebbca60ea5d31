/** The hub's one alarm. Setting it is a row written, so it is only ever moved to an earlier time. */

export class Alarm {
  readonly #storage: DurableObjectStorage;
  /** undefined: this incarnation has not looked yet. */
  #atMs: number | null | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** The alarm will go off at `atMs` or before. */
  async wakeBy(atMs: number): Promise<void> {
    if (this.#atMs === undefined) {
      const storedMs = await this.#storage.getAlarm();
      this.#atMs ??= storedMs;
    }
    if (this.#atMs !== null && this.#atMs <= atMs) return;
    this.#atMs = atMs;
    await this.#storage.setAlarm(atMs);
  }

  /** It has gone off: there is none until the next `wakeBy`. */
  onFired(): void {
    this.#atMs = null;
  }
}
