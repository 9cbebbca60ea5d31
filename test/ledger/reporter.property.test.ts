/** From a hub's outbox to the Ledger, whatever happens to reports on their way, and to the hub. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ReporterWorld, type Flight } from "./support/reporter-world.ts";

const STEPS: Readonly<Record<string, (run: Run) => void | Promise<void>>> = {
  append: ({ world }) => world.append(),
  count: ({ world }) => world.count(),
  report: ({ world }) => void world.reporter.report(),
  reportWhenDue: ({ world }) => {
    if (world.isDue) void world.reporter.report();
  },
  arrive: ({ world }) => world.flights[0]?.arrive(),
  arriveLast: ({ world }) => world.flights.at(-1)?.arrive(),
  loseAnswer: ({ world }) => world.flights[0]?.loseAnswer(),
  loseLastAnswer: ({ world }) => world.flights.at(-1)?.loseAnswer(),
  fail: ({ world }) => world.flights[0]?.fail(),
  wait: ({ world }) => void (world.at.nowMs += 5000),
  hang: ({ world }) => void (world.at.nowMs += 30_000),
  reset: ({ world }) => world.reset(),
};

it("Every event of the outbox reaches the Ledger once and in order, and no count reaches it twice", async () => {
  const histories = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const run = new Run();
      for (const step of history) {
        await STEPS[step]?.(run);
        if (step === "append") run.appended += 1;
        if (step === "count") run.counted += 1;
        if (step === "reset") run.isWhole = false;
        run.check();
      }
      await run.finish();
    }),
    { numRuns: 500 },
  );
});

class Run {
  readonly world = new ReporterWorld();
  appended = 0;
  counted = 0;
  /** No reset took counts with it. */
  isWhole = true;
  readonly #seen = new Set<Flight>();
  /** The last stats delta that was sent, and the incarnation that sent it. */
  #last: { readonly id: string; readonly from: unknown } | null = null;

  check(): void {
    const { at, flights, reporter } = this.world;
    const ids = at.emitted.map(({ id }) => id);
    expect(ids).toEqual(ids.map((_, index) => `${this.world.outbox.id}.${index + 1}`));
    expect(this.world.counted).toBeLessThanOrEqual(this.counted);
    for (const flight of flights.filter((each) => !this.#seen.has(each))) {
      this.#seen.add(flight);
      const id = flight.report.stats?.id;
      if (id === undefined) continue;
      // The same incarnation sends another delta only after the Ledger has taken the previous one.
      if (this.#last !== null && this.#last.id !== id && this.#last.from === reporter) {
        const known = at.stores.cursors.find("main", this.world.outbox.id)?.statsIds;
        expect(known).toContain(this.#last.id);
      }
      this.#last = { id, from: reporter };
    }
  }

  async finish(): Promise<void> {
    for (let turn = 0; turn < 1000 && this.world.hasAnything; turn += 1) {
      void this.world.reporter.report();
      await this.world.flights.at(-1)?.arrive();
      this.world.at.nowMs += 10_000;
      this.check();
    }
    expect(this.world.hasAnything).toBe(false);
    expect(this.world.at.emitted).toHaveLength(this.appended);
    if (this.isWhole) expect(this.world.counted).toBe(this.counted);
  }
}
