/** The tables of hub and Ledger: from an empty storage, from the oldest one, and from a later release's. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  HUB_MIGRATIONS,
  LEDGER_MIGRATIONS,
  migrate,
  type Migrations,
} from "../../../src/worker/sqlite/migrations.ts";
import { sqlHubStores } from "../../../src/worker/sqlite/hub-stores.ts";
import { sqlLedgerStores } from "../../../src/worker/sqlite/ledger-stores.ts";
import { clientId } from "../../support/client-ids.ts";
import { connected, stored } from "../../support/events.ts";
import { OLDEST_HUB, OLDEST_LEDGER } from "./oldest-schema.ts";

const LATER = ["CREATE TABLE later (a TEXT)"];

let made = 0;

/** Calls `use` with an empty storage of its own. */
async function withStorage(use: (storage: DurableObjectStorage) => void): Promise<void> {
  made += 1;
  // No client has come to this hub: it has made no table.
  const stub = env.HUB.getByName(`migrations-${made}`);
  await runInDurableObject(stub, (_hub, { storage }) => use(storage));
}

/** Tables by name with their columns; the platform's own left out. */
function schemaOf({ sql }: DurableObjectStorage): Record<string, string[]> {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name",
  );
  const columnsOf = (table: string) =>
    Array.from(
      sql.exec<{ name: string }>(`SELECT name FROM pragma_table_info('${table}')`),
      ({ name }) => name,
    );
  return Object.fromEntries(Array.from(tables, ({ name }) => [name, columnsOf(name)]));
}

function versionOf({ sql }: DurableObjectStorage): unknown {
  return sql.exec("SELECT version FROM schema_version").one()["version"];
}

function rowsOf({ sql }: DurableObjectStorage, table: string) {
  return sql.exec(`SELECT * FROM ${table}`).toArray();
}

describe.each<[string, Migrations, readonly string[]]>([
  ["hub", HUB_MIGRATIONS, OLDEST_HUB],
  ["Ledger", LEDGER_MIGRATIONS, OLDEST_LEDGER],
])("The storage of a %s", (_, migrations, oldest) => {
  it("has the same tables, whether it began empty or as the oldest", async () => {
    const schemas: Record<string, string[]>[] = [];
    for (const statements of [[], oldest]) {
      await withStorage((storage) => {
        for (const statement of statements) storage.sql.exec(statement);
        migrate(storage, migrations);
        schemas.push(schemaOf(storage));
        expect(versionOf(storage)).toBe(migrations.length);
      });
    }
    expect(schemas[0]).toEqual(schemas[1]);
    expect(Object.keys(schemas[0] ?? {})).not.toEqual([]);
  });

  it("keeps every table and column of the oldest, so that the previous release still runs on it", async () => {
    await withStorage((storage) => {
      for (const statement of oldest) storage.sql.exec(statement);
      const before = schemaOf(storage);
      migrate(storage, migrations);
      expect(schemaOf(storage)).toMatchObject(
        Object.fromEntries(
          Object.entries(before).map(([table, columns]) => [
            table,
            expect.arrayContaining(columns),
          ]),
        ),
      );
      // The previous release creates its tables if they are missing.
      for (const statement of oldest) storage.sql.exec(statement);
    });
  });

  it("is not written again once it has the last version", async () => {
    await withStorage((storage) => {
      migrate(storage, migrations);
      const { databaseSize } = storage.sql;
      const before = rowsOf(storage, "sqlite_master");
      migrate(storage, migrations);
      expect(rowsOf(storage, "sqlite_master")).toEqual(before);
      expect(storage.sql.databaseSize).toBe(databaseSize);
    });
  });

  it("is used as it is, and not touched, if a later release says that this one can run on it", async () => {
    await withStorage((storage) => {
      const readableBy = migrations.length;
      migrate(storage, [...migrations, { statements: LATER, readableBy }]);
      const before = rowsOf(storage, "sqlite_master");
      migrate(storage, migrations);
      expect(rowsOf(storage, "sqlite_master")).toEqual(before);
    });
  });

  it("is refused, and not touched, if a later release has written it", async () => {
    await withStorage((storage) => {
      const readableBy = migrations.length + 1;
      migrate(storage, [...migrations, { statements: LATER, readableBy }]);
      const before = rowsOf(storage, "sqlite_master");
      const versions = `version ${migrations.length + 1}, and this release knows versions up to ${migrations.length}`;
      expect(() => migrate(storage, migrations)).toThrow(versions);
      expect(rowsOf(storage, "sqlite_master")).toEqual(before);
    });
  });

  it("stays at its version if a migration fails, and is migrated by the next attempt", async () => {
    await withStorage((storage) => {
      for (const statement of oldest) storage.sql.exec(statement);
      const before = rowsOf(storage, "sqlite_master");
      const statements = ["CREATE TABLE half (a TEXT)", "CREATE TABLE half (a TEXT)"];
      const broken = [...migrations, { statements, readableBy: 1 }];
      expect(() => migrate(storage, broken)).toThrow("already exists");
      expect(rowsOf(storage, "sqlite_master")).toEqual(before);
      migrate(storage, migrations);
      expect(versionOf(storage)).toBe(migrations.length);
    });
  });
});

it("A session that the oldest release began is on the socket of its session's id", async () => {
  await withStorage((storage) => {
    for (const statement of OLDEST_HUB) storage.sql.exec(statement);
    const insert = "INSERT INTO sessions (client_id, session_id, connected_at_ms) VALUES (?, ?, ?)";
    storage.sql.exec(insert, "alice", "a-session", 7);
    storage.sql.exec("INSERT INTO outbox_id (id) VALUES ('an outbox')");
    storage.sql.exec("INSERT INTO outbox (at_ms, type, data) VALUES (7, 'client.connected', '{}')");
    const alice = { clientId: "alice", sessionId: "a-session", connectedAtMs: 7 };
    const { sessions, outbox } = sqlHubStores(storage, () => "another outbox");
    expect(sessions.find(clientId("alice"))).toEqual({ ...alice, socketId: "a-session" });
    expect([outbox.id, outbox.head(9).map(({ sequence }) => sequence)]).toEqual(["an outbox", [1]]);
    // The oldest release runs again for a while, and does not know the column.
    storage.sql.exec(insert, "bob", "b-session", 8);
    const again = sqlHubStores(storage, () => "another outbox");
    expect(again.sessions.find(clientId("bob"))?.socketId).toBe("b-session");
  });
});

it("Events and parked events of the oldest release wait for the sink pubsub", async () => {
  await withStorage((storage) => {
    for (const statement of OLDEST_LEDGER) storage.sql.exec(statement);
    const data = JSON.stringify(connected("alice").data);
    storage.sql.exec(
      "INSERT INTO queue (line, hub, sequence, id, at_ms, type, data) VALUES ('main', 'main', 1, 'main-1', ?, 'client.connected', ?)",
      stored(connected("alice")).atMs,
      data,
    );
    storage.sql.exec("INSERT INTO line_setbacks VALUES ('main', 3, 9, '503')");
    const park = () =>
      storage.sql.exec(
        "INSERT INTO parked (hub, sequence, id, at_ms, type, data, reason, parked_at_ms) VALUES ('main', 2, 'main-2', 5, 'client.connected', ?, '400', 6)",
        data,
      );
    park();
    const { queue, parked } = sqlLedgerStores(storage, ["pubsub"]);
    expect(queue.of("pubsub").head("main", 9)).toEqual([stored(connected("alice"))]);
    expect(queue.of("pubsub").retryState("main")).toEqual({
      tries: 3,
      retryAtMs: 9,
      reason: "503",
    });
    expect(parked.page(0, 9)).toMatchObject([{ sinks: ["pubsub"], reason: "400", parkedAtMs: 6 }]);
    // The oldest release runs again for a while, and does not know the column.
    parked.remove(2);
    park();
    const again = sqlLedgerStores(storage, ["pubsub"]);
    expect(again.parked.find(2)?.sinks).toEqual(["pubsub"]);
  });
});
