import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { parseEnv } from "node:util";
import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { WORLD_SETTINGS } from "./test/behaviour/world.ts";

/** The Worker under test has what `npm start` gives it: the document's credentials. */
const developmentVars = Object.fromEntries(
  Object.entries(parseEnv(readFileSync("development.vars", "utf8"))).map(([name, value]) => [
    name,
    value ?? "",
  ]),
);

/** Bounds a hang: no test asserts a time, and a property of a thousand runs on a loaded machine exceeds vitest's 5 s. */
const PATIENCE = { testTimeout: 30_000, hookTimeout: 30_000 };

const SPREAD = ["behaviour", "events", "other-hub-fails"].map(
  (name) => `test/worker/${name}.test.ts`,
);

/** Tests in workerd, with the document's credentials and these settings. */
function workerd(name: string, include: string[], settings: Readonly<Record<string, string>>) {
  const bindings = { ...developmentVars, ...WORLD_SETTINGS, ...settings };
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: { bindings },
      }),
    ],
    test: { name, include, ...PATIENCE },
  };
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          ...PATIENCE,
          include: [
            "test/{protocol,wires,hub,auth,config,log,events,metrics,ledger,admin,docs,scripts,client,examples,bench}/**/*.test.ts",
          ],
        },
      },
      workerd("workerd", ["test/worker/**/*.test.ts"], {}),
      // The whole behaviour again, where clients are spread over hubs.
      workerd("workerd-7", SPREAD, { SIGNAL_MANAGER_ROUTING_HUBS: "7" }),
      workerd("workerd-per-client", SPREAD, { SIGNAL_MANAGER_ROUTING_HUBS: "per-client" }),
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/**/*.test.ts"],
          // A real `npm start` takes seconds to be there; these bound a hang, no test asserts a time.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "versions",
          environment: "node",
          include: ["test/versions/**/*.test.ts"],
          // Two bundles are built, and processes are killed and started again; these bound a hang.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/support/browser-notice.ts"],
          // After all others: a call needs the machine, and a person's ten seconds are counted.
          sequence: { groupOrder: 1 },
          // As above; a call on a busy machine takes its time.
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
