import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { Outbox } from "../../../src/worker/sqlite/outbox.ts";
import { connected } from "../../support/events.ts";

const MAX_ROWS = 100_000;

let made = 0;

async function withStorage(use: (storage: DurableObjectStorage) => void): Promise<void> {
  made += 1;
  const stub = env.HUB.getByName(`outbox-${made}`);
  await runInDurableObject(stub, (_hub, { storage }) => {
    // The hub's own: these tests make theirs.
    storage.sql.exec("DROP TABLE IF EXISTS outbox; DROP TABLE IF EXISTS outbox_id");
    use(storage);
  });
}

const seqs = (outbox: Outbox, limit = 10) => outbox.head(limit).map(({ seq }) => seq);

it("has one id for as long as its table lives", async () => {
  await withStorage(({ sql }) => {
    expect(new Outbox(sql, () => "first").id).toBe("first");
    expect(new Outbox(sql, () => "second").id).toBe("first");
  });
});

it("gives events in the order of their numbers, which none has twice", async () => {
  await withStorage(({ sql }) => {
    const outbox = new Outbox(sql, () => "id");
    expect(outbox.isEmpty).toBe(true);
    for (const name of ["a\u{10FFFF}", "b", "c"]) outbox.append(7, connected(name));
    expect(outbox.head(2)).toEqual([
      { seq: 1, atMs: 7, body: connected("a\u{10FFFF}") },
      { seq: 2, atMs: 7, body: connected("b") },
    ]);
    outbox.remove(2);
    outbox.remove(2);
    expect([outbox.isEmpty, seqs(outbox)]).toEqual([false, [3]]);
    outbox.remove(99);
    expect([outbox.isEmpty, seqs(outbox)]).toEqual([true, []]);
    const again = new Outbox(sql, () => "id");
    expect(again.isEmpty).toBe(true);
    again.append(8, connected("d"));
    expect(seqs(again)).toEqual([4]);
    expect(new Outbox(sql, () => "id").isEmpty).toBe(false);
  });
});

it("is not taken for full of what was rolled back", async () => {
  await withStorage((storage) => {
    const outbox = new Outbox(storage.sql, () => "id");
    const broken = () => {
      outbox.append(7, connected("a"));
      throw new Error("disk full");
    };
    expect(() => storage.transactionSync(broken)).toThrow("disk full");
    expect([outbox.head(1), outbox.isEmpty]).toEqual([[], true]);
    outbox.append(7, connected("b"));
    expect([seqs(outbox), outbox.isEmpty]).toEqual([[1], false]);
  });
});

it("lets the oldest go at its bound, at the cost of a few rows", async () => {
  await withStorage(({ sql }) => {
    // The table, before it is filled.
    expect(new Outbox(sql, () => "id").isEmpty).toBe(true);
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
    // All that an outbox asks of it.
    const outbox = new Outbox({ exec } as SqlStorage, () => "id");
    cursors.length = 0;
    outbox.append(1, connected("a"));
    expect(seqs(outbox, 2)).toEqual([1, 2]);
    for (const name of ["b", "c"]) outbox.append(1, connected(name));
    expect(seqs(outbox, 2)).toEqual([3, 4]);
    expect(cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)).toBeLessThan(30);
    expect(sql.exec("SELECT count(*) AS n FROM outbox").one()["n"]).toBe(MAX_ROWS);
  });
});
