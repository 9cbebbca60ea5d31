/** What hubs tell is taken once, whatever they did not hear of, as long as each is heard of once a day or has a session. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { OUTBOX_MEMORY_MS } from "../../src/ledger/dedup-retention.ts";
import type { OutboxEvent } from "../../src/ledger/contract.ts";
import { clientId } from "../support/client-ids.ts";
import { begun, ended, LedgerWorld, reportOf } from "./support/ledger-world.ts";

type Step =
  | { readonly do: "begin" | "end" | "report"; readonly hub: number; readonly isHeard: boolean }
  | { readonly do: "wait"; readonly hours: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("begin", "end", "report"),
      hub: fc.nat(2),
      isHeard: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant("wait"), hours: fc.integer({ min: 1, max: 24 }) }),
);

it("takes each event once, in order, and forgets who is silent", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 40 }), (history) => {
      const run = new Run();
      for (const step of history) run.step(step);
      run.finish();
    }),
    { numRuns: 500 },
  );
});

class Hub {
  readonly client: string;
  /** What the Ledger has not been heard to have taken. */
  pending: OutboxEvent[] = [];
  seq = 0;
  session: string | null = null;
  lastReportAtMs = 0;

  constructor(client: string) {
    this.client = client;
  }
}

class Run {
  readonly #world = new LedgerWorld({ queues: false });
  readonly #hubs = ["alice", "bob", "carol"].map((client) => new Hub(client));
  readonly #strangers: string[] = [];

  step(step: Step): void {
    if (step.do === "wait") return this.#wait(step.hours * 3_600_000);
    const hub = this.#hubs[step.hub];
    if (hub === undefined) return;
    if (step.do === "begin" && hub.session === null) {
      hub.seq += 1;
      hub.session = `${hub.client}/${hub.seq}`;
      hub.pending.push(begun(hub.seq, hub.client, hub.session));
    } else if (step.do === "end" && hub.session !== null) {
      hub.seq += 1;
      hub.pending.push(ended(hub.seq, hub.client, hub.session));
      hub.session = null;
    }
    this.#report(hub, step.isHeard);
  }

  finish(): void {
    for (const hub of this.#hubs) this.#report(hub, true);
    const told = this.#world.told.map(({ id }) => id);
    for (const { client, seq } of this.#hubs) {
      const own = Array.from({ length: seq }, (_, at) => `${client}.${at + 1}`);
      expect(told.filter((id) => id.startsWith(`${client}.`))).toEqual(own);
    }
    // Nobody has been heard of for a day. As many come as there may be, and two: then the walk is round.
    this.#world.nowMs += OUTBOX_MEMORY_MS + 1;
    const silent = this.#strangers.splice(0);
    for (let come = 0; come < silent.length + this.#hubs.length + 2; come += 1) this.#strange();
    const { progress } = this.#world.stores;
    expect(silent.filter((id) => progress.find(`client:${id}`, id) !== undefined)).toEqual([]);
    for (const { client, session, seq } of this.#hubs) {
      const isKnown = progress.find(`client:${client}`, client) !== undefined;
      expect(isKnown).toBe(seq > 0 && session !== null);
    }
  }

  /** Who might repeat himself is heard of within the day, unless his session speaks for him. */
  #wait(ms: number): void {
    const { sessions } = this.#world.stores;
    for (const hub of this.#hubs) {
      const isSilent = hub.lastReportAtMs + OUTBOX_MEMORY_MS < this.#world.nowMs + ms;
      const isSpokenFor = sessions.find(clientId(hub.client)) !== undefined;
      if (isSilent && !isSpokenFor) this.#report(hub, false);
    }
    this.#world.nowMs += ms;
    for (let come = 0; come < 3; come += 1) this.#strange();
  }

  #strange(): void {
    const client = `stranger-${this.#world.told.length}`;
    this.#strangers.push(client);
    const events = [begun(1, client, client), ended(2, client, client)];
    this.#world.ledger.take(reportOf(events, { hub: `client:${client}`, outboxId: client }));
  }

  #report(hub: Hub, isHeard: boolean): void {
    const { client, pending } = hub;
    if (pending.length === 0) return;
    const report = reportOf(pending, { hub: `client:${client}`, outboxId: client });
    const { throughSeq } = this.#world.ledger.take(report);
    hub.lastReportAtMs = this.#world.nowMs;
    if (isHeard) hub.pending = pending.filter(({ seq }) => seq > throughSeq);
  }
}
