/** What holds for the Ledger, whatever reports come, in any order and however often. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ClientId } from "../../src/protocol/client-id.ts";
import type { OutboxEvent, StatsDelta } from "../../src/ledger/contract.ts";
import { begun, ended, LedgerWorld, reportOf, statsOf } from "./support/ledger-world.ts";

const CLIENTS = ["alice", "bob", "zoë 🦊"];

/** What happens in an outbox of a hub, and which reports of it reach the Ledger, among them late and repeated ones. */
type Step =
  | { readonly do: "begin" | "end"; readonly client: number }
  | { readonly do: "count"; readonly by: number }
  /** A report from any event that was taken, or the next one, with any earlier stats delta. */
  | { readonly do: "report"; readonly from: number; readonly count: number; readonly stats: number }
  | { readonly do: "newOutbox" }
  | { readonly do: "park" };

const steps: fc.Arbitrary<{ readonly hub: number; readonly age: number; readonly step: Step }> =
  fc.record({
    hub: fc.nat(1),
    /** 0: the hub's current outbox; otherwise one that it had before. */
    age: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(2)),
    step: fc.oneof(
      fc.record({ do: fc.constantFrom("begin", "end"), client: fc.nat(CLIENTS.length - 1) }),
      fc.record({ do: fc.constant("count"), by: fc.integer({ min: 1, max: 9 }) }),
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant("report"),
          from: fc.nat(),
          count: fc.nat(5),
          stats: fc.nat(),
        }),
      },
      fc.record({ do: fc.constantFrom("newOutbox", "park") }),
    ) as fc.Arbitrary<Step>,
  });

it("The Ledger takes each event and each stats delta once, in order, and keeps as many events as it may", () => {
  const maxStored = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 80 }), maxStored, (history, max) => {
      const run = new Run(max);
      for (const { hub, age, step } of history) run.step(hub, age, step);
      run.finish();
    }),
    { numRuns: 600 },
  );
});

class Outbox {
  readonly id: string;
  readonly hub: string;
  readonly events: OutboxEvent[] = [];
  readonly stats: StatsDelta[] = [];
  readonly sessions = new Map<string, string>();
  /** The sequence up to which the Ledger must have taken it. */
  taken = 0;

  constructor(hub: string, id: string) {
    this.hub = hub;
    this.id = id;
  }

  begin(client: string): void {
    const sessionId = `${this.id}/${this.events.length}`;
    this.events.push(begun(this.events.length + 1, client, sessionId));
    this.sessions.set(client, sessionId);
  }

  end(client: string): void {
    const sessionId = this.sessions.get(client);
    if (sessionId === undefined) return;
    this.events.push(ended(this.events.length + 1, client, sessionId));
    this.sessions.delete(client);
  }
}

class Run {
  readonly #max: number;
  readonly #world: LedgerWorld;
  readonly #hubs: Outbox[][] = [[new Outbox("a", "a-0")], [new Outbox("b", "b-0")]];
  readonly #recorded: string[] = [];
  readonly #index = new Map<string, string>();
  readonly #statsTaken = new Set<string>();
  #sum = 0;

  constructor(max: number) {
    this.#max = max;
    this.#world = new LedgerWorld({ maxStored: max });
  }

  step(hub: number, age: number, step: Step): void {
    const outboxes = this.#hubs[hub] ?? [];
    const outbox = outboxes.at(-1 - age) ?? outboxes.at(-1);
    if (outbox === undefined) return;
    switch (step.do) {
      case "begin":
      case "end":
        outbox[step.do](CLIENTS[step.client] ?? "alice");
        break;
      case "count": {
        const id = `${outbox.id}/t${outbox.stats.length}`;
        outbox.stats.push(statsOf(id, { deltas: [["counted", step.by]] }));
        break;
      }
      case "report": {
        const from = step.from % (outbox.taken + 1);
        const events = outbox.events.slice(from, from + step.count);
        // No more of them may still be under way.
        const late = outbox.stats.slice(-8);
        this.#report(outbox, events, late[step.stats % (late.length + 1)] ?? null);
        break;
      }
      case "newOutbox":
        outboxes.push(new Outbox(outbox.hub, `${outbox.hub}-${outboxes.length}`));
        break;
      case "park":
        if (this.#world.queued(outbox.hub).length > 0) this.#world.park(outbox.hub);
        break;
    }
    this.#check();
  }

  /** At last everything is reported, twice. */
  finish(): void {
    for (const outbox of [...this.#hubs.flat(), ...this.#hubs.flat()]) {
      this.#report(outbox, outbox.events, null);
      for (const stats of outbox.stats.slice(-8)) this.#report(outbox, [], stats);
    }
    this.#check();
  }

  #report(outbox: Outbox, events: readonly OutboxEvent[], stats: StatsDelta | null): void {
    const { hub, id, taken } = outbox;
    for (const { sequence, body } of events.filter((event) => event.sequence > taken)) {
      this.#recorded.push(`${id}.${sequence}`);
      outbox.taken = sequence;
      if (body.type === "client.connected") {
        this.#index.set(body.data.client_id, body.data.session_id);
      } else if (body.type === "client.disconnected") {
        const { client_id, session_id } = body.data;
        if (this.#index.get(client_id) === session_id) this.#index.delete(client_id);
      }
    }
    if (stats !== null && !this.#statsTaken.has(stats.id)) {
      this.#statsTaken.add(stats.id);
      this.#sum += stats.deltas[0]?.[1] ?? 0;
    }
    const report = reportOf(events, { hub, outboxId: id, stats });
    expect(this.#world.ledger.accept(report)).toEqual({ throughSequence: outbox.taken });
  }

  #check(): void {
    const { stores, emitted, dropped } = this.#world;
    expect(emitted.map(({ id }) => id)).toEqual(this.#recorded);
    const sequences = emitted.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, at) => at + 1));
    expect(this.#world.sample("counted")).toBe(this.#sum);
    expect(this.#world.sample("signal_manager_events_dropped_total")).toBe(dropped.length);
    const sessions = stores.sessions.page("", null, 100);
    expect(new Map(sessions.map(({ clientId, sessionId }) => [clientId, sessionId]))).toEqual(
      new Map(Array.from(this.#index, ([client, session]) => [client as ClientId, session])),
    );
    expect(stores.sessions.count).toBe(this.#index.size);
    // Every event is in exactly one place.
    const kept = [...["a", "b"].flatMap((hub) => this.#world.queued(hub)), ...dropped];
    const all = [...kept.map(({ sequence }) => sequence), ...this.#world.parked];
    expect(all.toSorted((one, other) => one - other)).toEqual(sequences);
    expect(stores.queue.count + stores.parked.count).toBe(all.length - dropped.length);
    expect(all.length - dropped.length).toBeLessThanOrEqual(this.#max);
    // The oldest events are dropped: none that is left in a partition is older than one that was dropped from it.
    for (const hub of ["a", "b"]) {
      const [head] = this.#world.queued(hub);
      const last = Math.max(0, ...dropped.filter((e) => e.hub === hub).map((e) => e.sequence));
      expect(head?.sequence ?? Infinity).toBeGreaterThan(last);
    }
  }
}
