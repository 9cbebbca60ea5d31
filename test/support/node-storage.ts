/**
 * `SqlStorage` and `transactionSync` over Node's own SQLite, as far as our stores ask for them: the rules of the Ledger run
 * on the stores that they have in production. `ledger-stores.ts` checks that both platforms give the stores the same results.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export function nodeStorage(): DurableObjectStorage {
  const db = new DatabaseSync(":memory:");
  const sql = { exec: (query: string, ...bindings: unknown[]) => exec(db, query, bindings) };
  const transactionSync = <Value>(run: () => Value): Value => {
    db.exec("SAVEPOINT run");
    try {
      const value = run();
      db.exec("RELEASE run");
      return value;
    } catch (error) {
      db.exec("ROLLBACK TO run; RELEASE run");
      throw error;
    }
  };
  // The rest of the platform's class is not there: a store that asked for it would not pass.
  return { sql, transactionSync } as unknown as DurableObjectStorage;
}

function exec(db: DatabaseSync, query: string, bindings: unknown[]) {
  if (/^\s*(CREATE|DROP) /.test(query)) {
    // Several statements, as the platform runs them.
    db.exec(query);
    return cursorOf([], 0);
  }
  const prepared = db.prepare(query);
  const values = bindings.map(toInput);
  if (prepared.columns().length === 0) {
    return cursorOf([], Number(prepared.run(...values).changes));
  }
  return cursorOf(prepared.all(...values), 0);
}

function cursorOf(rows: readonly unknown[], rowsWritten: number) {
  const left = rows.values();
  return {
    [Symbol.iterator]: () => left,
    toArray: () => [...left],
    one() {
      if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
      return rows[0];
    },
    rowsWritten,
  };
}

function toInput(value: unknown): SQLInputValue {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new Error(`the platform binds no ${typeof value}`);
}
