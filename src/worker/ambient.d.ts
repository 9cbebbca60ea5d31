/** What `cloudflare:workers` exports of this Worker: `wrangler types` would write the same, with the runtime's types again. */
// oxlint-disable typescript/consistent-type-imports -- a script file: an import would make it a module, and the namespace its own
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./index.ts");
    durableNamespaces: "HubObject";
  }
}
