/** Lists out of several Ledgers, as one: real objects, three of them. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "../../src/config/keys.ts";
import type { LedgerStores } from "../../src/ledger/ports.ts";
import { listSessions, parkedEventsOf } from "../../src/worker/admin/ledger-pages.ts";
import { sqlLedgerStores } from "../../src/worker/sqlite/ledger-stores.ts";
import { servicesOf } from "../../src/worker/services.ts";
import { clientId } from "../support/client-ids.ts";
import { connected, stored } from "../support/events.ts";

const LEDGERS = 3;

function configOf(): Config {
  const services = servicesOf(env);
  if (!services.ok) throw new Error("the configuration is not valid");
  const { config } = services.value;
  return { ...config, events: { ...config.events, ledgers: LEDGERS } };
}

/** As the Ledger itself writes. */
async function at(ledger: number, use: (stores: LedgerStores) => void): Promise<void> {
  const stub = env.LEDGER.getByName(`ledger-${ledger}`);
  await runInDurableObject(stub, (_ledger, { storage }) =>
    use(sqlLedgerStores(storage, ["pubsub"])),
  );
}

afterEach(() => reset());

/** The client ids of all pages. */
async function pages(prefix: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listSessions>> = await listSessions(env, configOf(), {
      prefix,
      after: after === null ? null : clientId(after),
      limit,
    });
    found.push(page.items.map((session) => session.clientId));
    after = page.next;
  } while (after !== null);
  return found;
}

describe("sessions", () => {
  const IDS = ["%", "a", "a\uFFFD", "a🦊", "ab", "b", "c", "ü"];

  beforeEach(async () => {
    for (const [index, id] of IDS.entries()) {
      const entry = { clientId: clientId(id), sessionId: "s", hub: "main", connectedAtMs: 1 };
      await at((index * 2) % LEDGERS, ({ sessions }) => sessions.put(entry));
    }
  });

  it.each([1, 2, 3, 8, 9])(
    "are listed in SQLite's order, each once, by pages of %i",
    async (limit) => {
      const found = await pages("", limit);
      expect(found.flat()).toEqual(["%", "a", "ab", "a\uFFFD", "a🦊", "b", "c", "ü"]);
      // The last page is not an empty one.
      expect(found).toHaveLength(Math.ceil(8 / limit));
    },
  );

  it("are filtered by what their ids begin with", async () => {
    expect(await pages("a", 2)).toEqual([
      ["a", "ab"],
      ["a\uFFFD", "a🦊"],
    ]);
    expect(await pages("nobody", 2)).toEqual([[]]);
  });

  it("go on where one Ledger holds all that is left", async () => {
    for (const id of ["z1", "z2", "z3"]) {
      const entry = { clientId: clientId(id), sessionId: "s", hub: "main", connectedAtMs: 1 };
      await at(1, ({ sessions }) => sessions.put(entry));
    }
    expect(await pages("z", 1)).toEqual([["z1"], ["z2"], ["z3"]]);
  });
});

describe("parked events", () => {
  beforeEach(async () => {
    for (const [ledger, sequences] of [[1, 2, 5, 6], [2], [1, 3]].entries()) {
      await at(ledger, ({ parked }) => {
        for (const sequence of sequences) {
          const event = stored(connected("alice"), { sequence, id: `${ledger}/${sequence}` });
          parked.park(event, { sink: "pubsub", reason: "400: bad", parkedAtMs: 9 });
        }
      });
    }
  });

  const ORDER = ["0/1", "2/1", "0/2", "1/2", "2/3", "0/5", "0/6"];

  it.each([1, 2, 4, 7, 8])(
    "have ids of their own, and are listed by them: pages of %i",
    async (limit) => {
      const events = parkedEventsOf(env, configOf());
      const found: { readonly id: number; readonly eventId: string }[] = [];
      let after: number | null = 0;
      let asked = 0;
      while (after !== null) {
        const page: Awaited<ReturnType<typeof events.list>> = await events.list({ after, limit });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items);
        after = page.next;
        asked += 1;
      }
      expect(found.map(({ eventId }) => eventId)).toEqual(ORDER);
      const ids = found.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      expect(asked).toBe(Math.ceil(ORDER.length / limit));
    },
  );

  it("are shown with all that is known of them", async () => {
    const { items, next } = await parkedEventsOf(env, configOf()).list({ after: 0, limit: 1 });
    const { data } = connected("alice");
    expect(next).toBe(items[0]?.id);
    expect(items).toEqual([
      {
        id: 64,
        eventId: "0/1",
        type: "client.connected",
        hub: "main",
        atMs: stored(connected("alice")).atMs,
        parkedAtMs: 9,
        reason: "400: bad",
        data,
      },
    ]);
  });

  it("are retried by id, each at its own Ledger, and once", async () => {
    const events = parkedEventsOf(env, configOf());
    const { items } = await events.list({ after: 0, limit: 9 });
    const [first, second] = items;
    const ids = [first?.id ?? 0, second?.id ?? 0, first?.id ?? 0, 4, 63 + 64 * 9];
    expect(await events.retry(ids)).toBe(2);
    const left = await events.list({ after: 0, limit: 9 });
    expect(left.items.map(({ eventId }) => eventId)).toEqual(ORDER.slice(2));
    expect(await events.retry(null)).toBe(5);
    expect(await events.list({ after: 0, limit: 9 })).toEqual({ items: [], next: null });
    expect(await events.retry([])).toBe(0);
  });
});
