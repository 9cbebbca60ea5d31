import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import {
  HUB_MIGRATIONS,
  LEDGER_MIGRATIONS,
  migrate,
} from "../../../src/worker/sqlite/migrations.ts";

it("probe", async () => {
  for (const list of [HUB_MIGRATIONS, LEDGER_MIGRATIONS])
    await runInDurableObject(env.HUB.getByName("p" + list[0]?.length), (_hub, { storage }) => {
      migrate(storage, list);
      const { sql } = storage;
      const c = sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'schema_version' LIMIT 1");
      c.toArray();
      const d = sql.exec("SELECT version FROM schema_version");
      d.toArray();
      let e = "";
      try {
        const x = sql.exec("SELECT 1 FROM pragma_table_list('schema_version')");
        e = JSON.stringify(x.toArray()) + x.rowsRead;
      } catch (error) {
        e = String(error);
      }
      let f = "";
      try {
        const x = sql.exec("SELECT 1 FROM pragma_table_info('schema_version')");
        f = JSON.stringify(x.toArray()) + x.rowsRead;
      } catch (error) {
        f = String(error);
      }
      console.log(c.rowsRead, d.rowsRead, e, f, sql.databaseSize);
    });
  expect(1).toBe(1);
});
