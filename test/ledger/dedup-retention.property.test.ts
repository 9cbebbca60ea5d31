/** Events are taken once, whichever acks are lost, as long as each hub reports once a day or has a session. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { OUTBOX_RETENTION_MS } from "../../src/ledger/dedup-retention.ts";
import type { OutboxEvent } from "../../src/ledger/contract.ts";
import { clientId } from "../support/client-ids.ts";
import { begun, ended, LedgerWorld, reportOf } from "./support/ledger-world.ts";

type Step =
  | { readonly do: "begin" | "end" | "report"; readonly hub: number; readonly isAcked: boolean }
  | { readonly do: "wait"; readonly hours: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("begin", "end", "report"),
      hub: fc.nat(2),
      isAcked: fc.boolean(),
    }),
  },
  fc.record({ do: fc.constant("wait"), hours: fc.integer({ min: 1, max: 24 }) }),
);

it("The Ledger takes each event once, in order, and prunes idle outboxes", () => {
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
  /** What the hub does not know to be taken. */
  pending: OutboxEvent[] = [];
  seq = 0;
  session: string | null = null;
  lastReportAtMs = 0;

  constructor(client: string) {
    this.client = client;
  }
}

class Run {
  readonly #world = new LedgerWorld({ storesEvents: false });
  readonly #hubs = ["alice", "bob", "carol"].map((client) => new Hub(client));
  readonly #visitors: string[] = [];

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
    this.#report(hub, step.isAcked);
  }

  finish(): void {
    for (const hub of this.#hubs) this.#report(hub, true);
    const emitted = this.#world.emitted.map(({ id }) => id);
    for (const { client, seq } of this.#hubs) {
      const own = Array.from({ length: seq }, (_, at) => `${client}.${at + 1}`);
      expect(emitted.filter((id) => id.startsWith(`${client}.`))).toEqual(own);
    }
    // Nobody has reported for a day. After two more visitors than there are outboxes, the scan has been round once.
    this.#world.nowMs += OUTBOX_RETENTION_MS + 1;
    const idle = this.#visitors.splice(0);
    for (let come = 0; come < idle.length + this.#hubs.length + 2; come += 1) this.#visit();
    const { cursors } = this.#world.stores;
    expect(idle.filter((id) => cursors.find(`client:${id}`, id) !== undefined)).toEqual([]);
    for (const { client, session, seq } of this.#hubs) {
      const isKnown = cursors.find(`client:${client}`, client) !== undefined;
      expect(isKnown).toBe(seq > 0 && session !== null);
    }
  }

  /** A hub that may have something to repeat reports within the day, unless its client has a session. */
  #wait(ms: number): void {
    const { sessions } = this.#world.stores;
    for (const hub of this.#hubs) {
      const isIdle = hub.lastReportAtMs + OUTBOX_RETENTION_MS < this.#world.nowMs + ms;
      const hasSession = sessions.find(clientId(hub.client)) !== undefined;
      if (isIdle && !hasSession) this.#report(hub, false);
    }
    this.#world.nowMs += ms;
    for (let come = 0; come < 3; come += 1) this.#visit();
  }

  #visit(): void {
    const client = `visitor-${this.#world.emitted.length}`;
    this.#visitors.push(client);
    const events = [begun(1, client, client), ended(2, client, client)];
    this.#world.ledger.accept(reportOf(events, { hub: `client:${client}`, outboxId: client }));
  }

  #report(hub: Hub, isAcked: boolean): void {
    const { client, pending } = hub;
    if (pending.length === 0) return;
    const report = reportOf(pending, { hub: `client:${client}`, outboxId: client });
    const { throughSequence } = this.#world.ledger.accept(report);
    hub.lastReportAtMs = this.#world.nowMs;
    if (isAcked) hub.pending = pending.filter(({ sequence }) => sequence > throughSequence);
  }
}
