/** What `wrangler types` would write of this Worker, without the runtime's types again. */
// oxlint-disable typescript/consistent-type-imports -- a script file: an import would make it a module, and the namespace its own
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
    durableNamespaces: "HubObject" | "LedgerObject";
  }
  interface Env {
    readonly HUB: DurableObjectNamespace<import("./hub-object.ts").HubObject>;
    readonly LEDGER: DurableObjectNamespace<import("./ledger-object.ts").LedgerObject>;
    /** Absent where the runtime offers none: then attempts are not limited by address. */
    readonly UPGRADES?: RateLimit;
  }
}
