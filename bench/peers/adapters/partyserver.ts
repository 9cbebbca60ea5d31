/** PartyServer on the hub's workerd, with one hibernating room. Its relay is in partyserver-worker.js. */
import { build } from "esbuild";
import { COMPATIBILITY_DATE } from "../../bundles.ts";
import { numberedJson, type Adapter } from "../adapter.ts";

const BUNDLE = "dist/bench/peers/partyserver.js";

export const partyserver: Adapter = {
  title: "PartyServer",
  server: {
    kind: "workerd",
    async build() {
      await build({
        entryPoints: ["bench/peers/adapters/partyserver-worker.js"],
        bundle: true,
        format: "esm",
        target: "es2024",
        minify: true,
        external: ["cloudflare:*"],
        outfile: BUNDLE,
      });
      return { modules: { "worker.js": BUNDLE }, compatibilityDate: COMPATIBILITY_DATE };
    },
    objects: { Relay: "Relay" },
  },
  client: {
    // PartyServer's own clients send their id in this parameter.
    path: ({ id }) => `parties/relay/main?_pk=${id}`,
    signal: (_from, to) => numberedJson((sdp) => ({ to, type: "offer", sdp })),
    isBinary: false,
    batches: false,
  },
};
