/** What happened in a world, one line per happening: the same seed writes the same lines, byte for byte. */

export class Trace {
  readonly #lines: string[] = [];
  readonly #now: () => number;
  readonly #startMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
  }

  /** `what`: one line. The time since the world began is put before it, in milliseconds. */
  write(what: string): void {
    this.#lines.push(`${(this.#now() - this.#startMs).toFixed(3)} ${what}`);
  }

  get text(): string {
    return this.#lines.join("\n");
  }

  /** The last lines, for the message of a failing test. */
  tail(count: number): string {
    return this.#lines.slice(-count).join("\n");
  }
}
