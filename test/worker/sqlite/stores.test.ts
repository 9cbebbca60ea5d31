/** The Ledger's stores on the platform's SQLite, and the rows that it reads for them. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { clientId } from "../../support/client-ids.ts";
import { connected, stored } from "../../support/events.ts";
import { describeLedgerStores, type WithStorage } from "../../support/ledger-stores.ts";

let made = 0;

const withStorage: WithStorage = async (use) => {
  made += 1;
  // A new object, whose Ledger has written nothing.
  const stub = env.LEDGER.getByName(`stores-${made}`);
  await runInDurableObject(stub, (_ledger, { storage }) => use(storage));
};

describeLedgerStores(withStorage);

const MANY = 1000;
const digits = (at: number) => String(at).padStart(4, "0");

/** Counts the rows that SQLite reads for each query: they are what is paid for. */
function readingOf(storage: DurableObjectStorage) {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const sql: Pick<SqlStorage, "exec"> = {
    exec(query, ...bindings) {
      const cursor = storage.sql.exec(query, ...bindings);
      cursors.push(cursor);
      // The rows are what the caller's query selects.
      return cursor as never;
    },
  };
  const metered = {
    sql,
    transactionSync: (run: () => unknown) => storage.transactionSync(run),
    // The stores use nothing else of it.
  } as unknown as DurableObjectStorage;
  const stores = sqlLedgerStores(metered, ["pubsub"]);
  const rowsRead = (run: () => unknown) => {
    cursors.length = 0;
    run();
    return cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
  };
  return { stores, rowsRead };
}

it("A page of sessions costs its own rows, wherever it lies and whatever lies behind it", async () => {
  await withStorage((storage) => {
    const { stores, rowsRead } = readingOf(storage);
    for (let at = 0; at < MANY; at += 1) {
      const id = clientId(`client-${digits(at)}`);
      stores.sessions.put({ clientId: id, sessionId: "s", hub: "main", connectedAtMs: 1 });
    }
    const page = (prefix: string, after: string | null) => () =>
      stores.sessions.page(prefix, after, 10);
    expect(rowsRead(page("", null))).toBeLessThanOrEqual(11);
    expect(rowsRead(page("client-", "client-0900"))).toBeLessThanOrEqual(12);
    expect(rowsRead(page("client-05", null))).toBeLessThanOrEqual(11);
    expect(rowsRead(page("client-0500", null))).toBeLessThanOrEqual(2);
    expect(rowsRead(page("b", null))).toBeLessThanOrEqual(1);
  });
});

it("A batch costs its own rows, however long its partition is", async () => {
  await withStorage((storage) => {
    const { stores, rowsRead } = readingOf(storage);
    const { queue } = stores;
    const own = queue.of("pubsub");
    for (let at = 1; at <= MANY; at += 1) {
      queue.append(stored(connected("alice"), { hub: at % 2 ? "a" : "b", sequence: at }));
    }
    expect(rowsRead(() => own.head("a", 10))).toBeLessThanOrEqual(10);
    const batch = own.head("a", 10).map(({ sequence }) => sequence);
    // SQLite also reads the list of sequences, and the heads of what is left.
    expect(rowsRead(() => own.remove("a", batch))).toBeLessThanOrEqual(60);
  });
});
