/** The types that `wrangler types` would generate for this Worker, without another copy of the runtime's types. */
// oxlint-disable typescript/consistent-type-imports -- an import statement would make this file a module, and its namespace local
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
    durableNamespaces: "HubObject" | "LedgerObject";
  }
  interface Env {
    readonly HUB: DurableObjectNamespace<import("./hub-object.ts").HubObject>;
    readonly LEDGER: DurableObjectNamespace<import("./ledger-object.ts").LedgerObject>;
    /** Absent where the runtime has no rate limiter: then upgrades are not limited by address. */
    readonly UPGRADES?: RateLimit;
  }
}
