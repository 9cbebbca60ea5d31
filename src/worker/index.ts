/** The entry point of the deployed service: the Worker, and the classes of its Durable Objects. */
export { app as default } from "./app.ts";
export { HubObject } from "./hub-object.ts";
export { LedgerObject } from "./ledger-object.ts";
