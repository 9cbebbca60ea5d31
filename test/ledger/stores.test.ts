/** The Ledger's stores on Node's SQLite, on which the Ledger's rules are tested. test/worker/sqlite runs them on the platform's. */
import { describeLedgerStores } from "../support/ledger-stores.ts";
import { nodeStorage } from "../support/node-storage.ts";

describeLedgerStores((use) => use(nodeStorage()));
