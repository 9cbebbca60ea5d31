/** Everything that a hub keeps, in one SQLite database. */
import { HUB_MIGRATIONS, migrate } from "./migrations.ts";
import { Outbox } from "./outbox.ts";
import { SqlSessionStore } from "./session-store.ts";

export interface HubStores {
  readonly outbox: Outbox;
  readonly sessions: SqlSessionStore;
}

/** Makes the tables of a hub that has none. @throws as `migrate` does. */
export function sqlHubStores(storage: DurableObjectStorage, newId: () => string): HubStores {
  migrate(storage, HUB_MIGRATIONS);
  const outbox = new Outbox(storage.sql, newId);
  return { outbox, sessions: new SqlSessionStore(storage, outbox) };
}
