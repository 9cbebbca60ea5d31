/** The tables as the release of commit a5413e9 makes them, word for word: the oldest storage that must be migrated. */

export const OLDEST_HUB: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS sessions (
    client_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    connected_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS outbox_id (id TEXT PRIMARY KEY) WITHOUT ROWID`,
];

export const OLDEST_LEDGER: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS queue (
    line TEXT NOT NULL,
    hub TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (line, sequence)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS line_setbacks (
    line TEXT PRIMARY KEY,
    tries INTEGER NOT NULL,
    retry_at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS parked (
    hub TEXT NOT NULL,
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    reason TEXT NOT NULL,
    parked_at_ms INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS sessions (
    client_id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    hub TEXT NOT NULL,
    connected_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS outboxes (
    hub TEXT NOT NULL,
    outbox_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    tally_ids TEXT NOT NULL,
    heard_at_ms INTEGER NOT NULL,
    PRIMARY KEY (hub, outbox_id)
  ) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS summaries (
    hub TEXT NOT NULL,
    type TEXT NOT NULL,
    count INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (hub, type)
  ) WITHOUT ROWID`,
  "CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), json TEXT NOT NULL)",
];
