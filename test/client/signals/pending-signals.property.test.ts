/** In any order of events each signal settles exactly once. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PendingSignals, type SettledSignal } from "../../../src/client/signals/pending-signals.ts";

type Event =
  | { readonly kind: "add"; readonly resend: boolean }
  | { readonly kind: "connected" | "take" | "disconnected" }
  | { readonly kind: "ack" | "error" | "time-out" | "abort"; readonly of: number };

const of = fc.nat(30);
const events = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("add" as const), resend: fc.boolean() }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom("connected" as const, "take", "disconnected") }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom("ack" as const, "error", "time-out", "abort"),
        of,
      }),
    },
  ),
  { maxLength: 80 },
);

describe("PendingSignals", () => {
  it("settles each signal exactly once, in any order of events", () => {
    fc.assert(
      fc.property(events, fc.nat(5), (history, maxQueued) => {
        const run = new Run(maxQueued);
        for (const event of history) run.apply(event);
        run.end();
        expect(run.settled).toEqual(new Map(run.added.map((id) => [id, 1])));
      }),
      { numRuns: 1_000 },
    );
  });

  it("writes each signal before its acknowledgement, and again only if it may", () => {
    fc.assert(
      fc.property(events, (history) => {
        const run = new Run(Infinity);
        for (const event of history) run.apply(event);
        run.end();
        for (const id of run.acknowledged) expect(run.written.get(id)).toBeGreaterThan(0);
        for (const [id, times] of run.written) {
          if (!run.resendable.has(id)) expect(times).toBe(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Applies events, and counts what becomes of each signal. */
class Run {
  readonly added: string[] = [];
  readonly resendable = new Set<string>();
  readonly acknowledged = new Set<string>();
  readonly settled = new Map<string, number>();
  readonly written = new Map<string, number>();
  readonly #pending: PendingSignals;

  constructor(maxQueued: number) {
    this.#pending = new PendingSignals(maxQueued);
  }

  apply(event: Event): void {
    switch (event.kind) {
      case "add":
        return this.#add(event.resend);
      case "connected":
        return this.#pending.connected();
      case "take":
        for (const [at = 0] of this.#pending.take()) this.#count(this.written, String(at));
        return;
      case "disconnected":
        return this.#note(this.#pending.disconnected());
      case "ack":
        return this.#note(this.#pending.answer(String(event.of), null) ?? []);
      case "error": {
        const report = { code: 404, text: "", target: null, retryAfterMs: null };
        return this.#note(this.#pending.answer(String(event.of), report) ?? []);
      }
      case "time-out":
        return this.#note(this.#pending.giveUp(String(event.of), "timed-out"));
      case "abort":
        return this.#note(this.#pending.giveUp(String(event.of), "aborted"));
    }
  }

  end(): void {
    this.#note(this.#pending.closed());
  }

  #add(resend: boolean): void {
    const id = String(this.added.length);
    this.added.push(id);
    if (resend) this.resendable.add(id);
    const frame = Uint8Array.of(Number(id));
    this.#note(this.#pending.add({ id, target: "bob", frame, resend }));
  }

  #note(settled: readonly SettledSignal[]): void {
    for (const { id, error } of settled) {
      this.#count(this.settled, id);
      if (error === null) this.acknowledged.add(id);
    }
  }

  #count(counts: Map<string, number>, id: string): void {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
}
