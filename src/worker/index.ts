/** What wrangler deploys: the Worker, and the Durable Object class that it hands sockets to. */
export { app as default } from "./app.ts";
export { HubObject } from "./hub-object.ts";
export { LedgerObject } from "./ledger-object.ts";
