/**
 * Every table of the Durable Objects, as one numbered list of migrations per class. Cloudflare updates objects over minutes,
 * and an operator may roll back. So a migration adds, and says which older versions can still run on the storage.
 */

/** Leads from one version to the next. */
interface Migration {
  readonly statements: readonly string[];
  /** The oldest version whose release still runs on the storage afterwards. A release that knows less refuses it. */
  readonly readableBy: number;
}

/** The place in the list is the version that it leads to: the first one makes version 1. */
export type Migrations = readonly Migration[];

export const HUB_MIGRATIONS: Migrations = [
  {
    readableBy: 1,
    statements: [
      // WITHOUT ROWID: the key is the table's own order, so that a session costs one row written, not two.
      `CREATE TABLE sessions (
      client_id TEXT PRIMARY KEY,
      session_id TEXT NOT NULL,
      connected_at_ms INTEGER NOT NULL
    ) WITHOUT ROWID`,
      // AUTOINCREMENT: a number is never given twice, though the rows before it are deleted.
      `CREATE TABLE outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL
    )`,
      "CREATE TABLE outbox_id (id TEXT PRIMARY KEY) WITHOUT ROWID",
    ],
  },
  // Which socket a session is attached to. In version 1 a socket's tag was its session's id.
  {
    readableBy: 1,
    statements: [
      "ALTER TABLE sessions ADD COLUMN socket_id TEXT",
      "UPDATE sessions SET socket_id = session_id",
    ],
  },
];

export const LEDGER_MIGRATIONS: Migrations = [
  {
    readableBy: 1,
    statements: [
      // WITHOUT ROWID: a partition lies in one piece, and an event costs one row written, not two. `line` is the partition.
      `CREATE TABLE queue (
      line TEXT NOT NULL,
      hub TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      id TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,
      PRIMARY KEY (line, sequence)
    ) WITHOUT ROWID`,
      // No longer read: retry states belong to a sink since version 2.
      `CREATE TABLE line_setbacks (
      line TEXT PRIMARY KEY,
      tries INTEGER NOT NULL,
      retry_at_ms INTEGER NOT NULL,
      reason TEXT NOT NULL
    ) WITHOUT ROWID`,
      `CREATE TABLE parked (
      hub TEXT NOT NULL,
      sequence INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,
      reason TEXT NOT NULL,
      parked_at_ms INTEGER NOT NULL
    )`,
      `CREATE TABLE outboxes (
      hub TEXT NOT NULL,
      outbox_id TEXT NOT NULL,
      seq INTEGER NOT NULL,
      tally_ids TEXT NOT NULL,
      heard_at_ms INTEGER NOT NULL,
      PRIMARY KEY (hub, outbox_id)
    ) WITHOUT ROWID`,
      `CREATE TABLE sessions (
      client_id TEXT PRIMARY KEY,
      session_id TEXT NOT NULL,
      hub TEXT NOT NULL,
      connected_at_ms INTEGER NOT NULL
    ) WITHOUT ROWID`,
      `CREATE TABLE summaries (
      hub TEXT NOT NULL,
      type TEXT NOT NULL,
      count INTEGER NOT NULL,
      since_ms INTEGER NOT NULL,
      PRIMARY KEY (hub, type)
    ) WITHOUT ROWID`,
      // One row for all counters: a row for each would cost as many rows written per report as there are counters.
      "CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)",
    ],
  },
  // Each sink has its own place in the queue. Before, Pub/Sub was the only one.
  {
    readableBy: 1,
    statements: [
      `CREATE TABLE sink_cursors (
      sink TEXT NOT NULL,
      partition TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      PRIMARY KEY (sink, partition)
    ) WITHOUT ROWID`,
      `CREATE TABLE sink_retries (
      sink TEXT NOT NULL,
      partition TEXT NOT NULL,
      tries INTEGER NOT NULL,
      retry_at_ms INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (sink, partition)
    ) WITHOUT ROWID`,
      `CREATE TABLE requeued (
      sink TEXT NOT NULL,
      partition TEXT NOT NULL,
      hub TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      id TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL,
      PRIMARY KEY (sink, partition, sequence)
    ) WITHOUT ROWID`,
      "ALTER TABLE parked ADD COLUMN sinks TEXT",
      "INSERT INTO sink_retries SELECT 'pubsub', line, tries, retry_at_ms, reason FROM line_setbacks",
    ],
  },
];

/**
 * Brings the storage to the last version of the list, in one transaction: all of it or nothing. To be called before
 * anything else is read or written.
 *
 * @throws if a later release has written the storage, and this one cannot run on it. Nothing has been touched then.
 */
export function migrate(storage: DurableObjectStorage, migrations: Migrations): void {
  const { sql } = storage;
  const { version, readableBy } = schemaOf(sql);
  const known = migrations.length;
  if (readableBy > known) {
    throw new Error(
      `the storage has version ${version}, and this release knows versions up to ${known}: deploy the release that wrote it, or a later one`,
    );
  }
  if (version >= known) return;
  const oldest = Math.max(...migrations.map((migration) => migration.readableBy));
  storage.transactionSync(() => {
    for (const { statements } of migrations.slice(version)) {
      for (const statement of statements) sql.exec(statement);
    }
    sql.exec("DROP VIEW IF EXISTS schema_version");
    // A view of constants and not a table: it takes no page of the database, and reading it reads no row.
    sql.exec(`CREATE VIEW schema_version AS SELECT ${known} AS version, ${oldest} AS readable_by`);
  });
}

interface Schema {
  /** 0: the storage is empty. */
  readonly version: number;
  readonly readableBy: number;
}

/** Tables without a version are those of version 1, which had no such view. */
function schemaOf(sql: SqlStorage): Schema {
  try {
    const { version, readable_by: readableBy } = sql
      .exec<{ version: number; readable_by: number }>("SELECT * FROM schema_version")
      .one();
    return { version, readableBy };
  } catch {
    // There is no such view yet. To ask sqlite_master for it would cost its rows at every wake of every hub.
    const tables = sql.exec("SELECT 1 FROM sqlite_master WHERE name IN ('sessions', 'queue')");
    return { version: tables.toArray().length > 0 ? 1 : 0, readableBy: 0 };
  }
}
