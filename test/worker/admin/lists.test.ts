/** The lists of the admin API, from three real Ledgers; and a hub of the previous version, which cannot be asked for a session. */
import { reset, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionsQuery } from "../../../src/admin/nouns.ts";
import type { Config } from "../../../src/config/keys.ts";
import type { LedgerStores } from "../../../src/ledger/ports.ts";
import { parkedEventsOf } from "../../../src/worker/admin/parked-events.ts";
import { sessionsOf } from "../../../src/worker/admin/sessions.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { createObjectCalls } from "../../../src/worker/object-calls.ts";
import { servicesOf, type Env, type Services } from "../../../src/worker/services.ts";
import { clientId } from "../../support/client-ids.ts";
import { connected, stored } from "../../support/events.ts";

const LEDGERS = 3;

function servicesOfWorld(): Services {
  const services = servicesOf(env);
  if (!services.ok) throw new Error("the configuration is not valid");
  return services.value;
}

/** No test here is about what is counted and logged. */
const CALL = createObjectCalls(
  env,
  { ...servicesOfWorld(), log: () => {} },
  { waitUntil: () => {} },
);

function configOf(): Config {
  const { config } = servicesOfWorld();
  return { ...config, events: { ...config.events, ledgers: LEDGERS } };
}

/** Writes as the Ledger itself does. */
async function at(ledger: number, use: (stores: LedgerStores) => void): Promise<void> {
  const stub = env.LEDGER.getByName(`ledger-${ledger}`);
  await runInDurableObject(stub, (_ledger, { storage }) =>
    use(sqlLedgerStores(storage, ["pubsub"])),
  );
}

afterEach(() => reset());

/** The client ids of all pages. */
async function pages(prefix: SessionsQuery["prefix"], limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let after: string | null = null;
  do {
    const sessions = sessionsOf(env, configOf(), CALL);
    const query = { prefix, limit, ...(after === null ? {} : { after: clientId(after) }) };
    const page: Awaited<ReturnType<typeof sessions.list>> = await sessions.list(query);
    found.push(page.sessions.map((session) => session.client_id));
    after = page.next;
  } while (after !== null);
  return found;
}

describe("the list of sessions", () => {
  const IDS = ["%", "a", "a\uFFFD", "a🦊", "ab", "b", "c", "ü"];

  beforeEach(async () => {
    for (const [index, id] of IDS.entries()) {
      const entry = { clientId: clientId(id), sessionId: "s", hub: "main", connectedAtMs: 1 };
      await at((index * 2) % LEDGERS, ({ sessions }) => sessions.put(entry));
    }
  });

  it.each([1, 2, 3, 8, 9])(
    "has each session once, in SQLite's order, in pages of %i",
    async (limit) => {
      const found = await pages("", limit);
      expect(found.flat()).toEqual(["%", "a", "ab", "a\uFFFD", "a🦊", "b", "c", "ü"]);
      // The last page is not empty.
      expect(found).toHaveLength(Math.ceil(8 / limit));
    },
  );

  it("has only the client ids that begin with the prefix", async () => {
    expect(await pages(clientId("a"), 2)).toEqual([
      ["a", "ab"],
      ["a\uFFFD", "a🦊"],
    ]);
    expect(await pages(clientId("nobody"), 2)).toEqual([[]]);
  });

  it("continues where one Ledger holds all that is left", async () => {
    for (const id of ["z1", "z2", "z3"]) {
      const entry = { clientId: clientId(id), sessionId: "s", hub: "main", connectedAtMs: 1 };
      await at(1, ({ sessions }) => sessions.put(entry));
    }
    expect(await pages(clientId("z"), 1)).toEqual([["z1"], ["z2"], ["z3"]]);
  });
});

/** The sessions of a service whose hubs fail to answer a session. */
function failingWith(error: Error) {
  const getSession = () => Promise.reject(error);
  const failing = { ...env, HUB: { getByName: () => ({ getSession }) } } as unknown as Env;
  return sessionsOf(failing, configOf(), CALL);
}

describe("a session's hub", () => {
  it("that runs the previous version, which has no getSession, is reported as hub-updating", async () => {
    // The message of workerd; a real call would fail with that of the test runner.
    const error = new TypeError('The RPC receiver does not implement the method "getSession".');
    expect(await failingWith(error).find(clientId("alice"))).toBe("hub-updating");
  });

  it("that fails in another way makes the look-up reject", async () => {
    const find = failingWith(new Error("reset")).find(clientId("alice"));
    await expect(find).rejects.toThrow("reset");
  });

  it("answers null for a client that is not connected", async () => {
    expect(await sessionsOf(env, configOf(), CALL).find(clientId("nobody"))).toBeNull();
  });
});

describe("the list of parked events", () => {
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
    "has each event once, in the order of their ids, in pages of %i",
    async (limit) => {
      const events = parkedEventsOf(env, configOf(), CALL);
      const found: { readonly id: number; readonly event_id: string }[] = [];
      let after: number | null = 0;
      let asked = 0;
      while (after !== null) {
        const page: Awaited<ReturnType<typeof events.list>> = await events.list({ after, limit });
        expect(page.events.length).toBeLessThanOrEqual(limit);
        found.push(...page.events);
        after = page.next;
        asked += 1;
      }
      expect(found.map(({ event_id: id }) => id)).toEqual(ORDER);
      const ids = found.map(({ id }) => id);
      expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
      expect(asked).toBe(Math.ceil(ORDER.length / limit));
    },
  );

  it("has everything that the Ledger knows of an event", async () => {
    const { events, next } = await parkedEventsOf(env, configOf(), CALL).list({
      after: 0,
      limit: 1,
    });
    const { data } = connected("alice");
    expect(next).toBe(events[0]?.id);
    expect(events).toEqual([
      {
        id: 64,
        event_id: "0/1",
        event_type: "client.connected",
        hub: "main",
        time: new Date(stored(connected("alice")).atMs).toISOString(),
        parked_at: "1970-01-01T00:00:00.009Z",
        reason: "400: bad",
        data,
      },
    ]);
  });

  it("loses the events that are retried by their ids, each at its own Ledger and once", async () => {
    const events = parkedEventsOf(env, configOf(), CALL);
    const page = await events.list({ after: 0, limit: 9 });
    const [first, second] = page.events;
    const ids = [first?.id ?? 0, second?.id ?? 0, first?.id ?? 0, 4, 63 + 64 * 9];
    expect(await events.retry(ids)).toBe(2);
    const left = await events.list({ after: 0, limit: 9 });
    expect(left.events.map(({ event_id: id }) => id)).toEqual(ORDER.slice(2));
    expect(await events.retry(null)).toBe(5);
    expect(await events.list({ after: 0, limit: 9 })).toEqual({ events: [], next: null });
    expect(await events.retry([])).toBe(0);
  });
});
