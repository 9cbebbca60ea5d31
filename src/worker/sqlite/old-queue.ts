/** The queue as it was when a line was a hub: events that still wait there go to their lines, once. */
import { lineOf } from "../../ledger/partition.ts";

/**
 * All of them or none: a Ledger that was stopped half-way begins again. Setbacks are not kept, they only say how long to
 * wait. A table that comes back, with an older version, is moved again.
 */
export function moveOldQueue(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'events'");
  if (tables.toArray().length === 0) return;
  storage.transactionSync(() => {
    const hubs = sql.exec<{ hub: string }>("SELECT DISTINCT hub FROM events").toArray();
    for (const { hub } of hubs) {
      sql.exec(
        `INSERT INTO queue (line, hub, sequence, id, at_ms, type, data)
         SELECT ?, hub, sequence, id, at_ms, type, data FROM events WHERE hub = ?`,
        lineOf(hub),
        hub,
      );
    }
    sql.exec("DROP TABLE events");
    sql.exec("DROP TABLE IF EXISTS setbacks");
  });
}
