/** The hub's outbox on the platform's SQLite. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { HUB_MIGRATIONS, migrate } from "../../../src/worker/sqlite/migrations.ts";
import { Outbox } from "../../../src/worker/sqlite/outbox.ts";
import { connected } from "../../support/events.ts";

const MAX_ROWS = 100_000;

let made = 0;

async function withStorage(use: (storage: DurableObjectStorage) => void): Promise<void> {
  made += 1;
  const stub = env.HUB.getByName(`outbox-${made}`);
  await runInDurableObject(stub, (_hub, { storage }) => {
    // No client has come to this hub: it has made no table.
    migrate(storage, HUB_MIGRATIONS);
    use(storage);
  });
}

const sequences = (outbox: Outbox, limit = 10) =>
  outbox.head(limit).map(({ sequence }) => sequence);

it("The outbox keeps its id as long as its table exists", async () => {
  await withStorage(({ sql }) => {
    expect(new Outbox(sql, () => "first").id).toBe("first");
    expect(new Outbox(sql, () => "second").id).toBe("first");
  });
});

it("The outbox returns events in the order of their sequences, which are never used twice", async () => {
  await withStorage(({ sql }) => {
    const outbox = new Outbox(sql, () => "id");
    expect(outbox.isEmpty).toBe(true);
    for (const name of ["a\u{10FFFF}", "b", "c"]) outbox.append({ atMs: 7, body: connected(name) });
    expect(outbox.head(2)).toEqual([
      { sequence: 1, atMs: 7, body: connected("a\u{10FFFF}") },
      { sequence: 2, atMs: 7, body: connected("b") },
    ]);
    outbox.remove(2);
    outbox.remove(2);
    expect([outbox.isEmpty, sequences(outbox)]).toEqual([false, [3]]);
    outbox.remove(99);
    expect([outbox.isEmpty, sequences(outbox)]).toEqual([true, []]);
    const again = new Outbox(sql, () => "id");
    expect(again.isEmpty).toBe(true);
    again.append({ atMs: 8, body: connected("d") });
    expect(sequences(again)).toEqual([4]);
    expect(new Outbox(sql, () => "id").isEmpty).toBe(false);
  });
});

it("The outbox is empty after a transaction that was rolled back", async () => {
  await withStorage((storage) => {
    const outbox = new Outbox(storage.sql, () => "id");
    const broken = () => {
      outbox.append({ atMs: 7, body: connected("a") });
      throw new Error("disk full");
    };
    expect(() => storage.transactionSync(broken)).toThrow("disk full");
    expect([outbox.head(1), outbox.isEmpty]).toEqual([[], true]);
    outbox.append({ atMs: 7, body: connected("b") });
    expect([sequences(outbox), outbox.isEmpty]).toEqual([[1], false]);
  });
});

it("The outbox drops the oldest events at its bound, at the cost of a few rows", async () => {
  await withStorage(({ sql }) => {
    sql.exec(
      `INSERT INTO outbox (at_ms, type, data)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT i, 'client.connected', '{}' FROM n`,
      MAX_ROWS - 1,
    );
    const cursors: { rowsRead: number }[] = [];
    const exec: SqlStorage["exec"] = (query, ...bindings) => {
      const cursor = sql.exec(query, ...bindings);
      cursors.push(cursor);
      // The rows are what the caller's query selects.
      return cursor as never;
    };
    // An outbox uses nothing else of it.
    const outbox = new Outbox({ exec } as SqlStorage, () => "id");
    cursors.length = 0;
    outbox.append({ atMs: 1, body: connected("a") });
    expect(sequences(outbox, 2)).toEqual([1, 2]);
    for (const name of ["b", "c"]) outbox.append({ atMs: 1, body: connected(name) });
    expect(sequences(outbox, 2)).toEqual([3, 4]);
    expect(cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThan(30);
    expect(sql.exec("SELECT count(*) AS n FROM outbox").one()["n"]).toBe(MAX_ROWS);
  });
});
