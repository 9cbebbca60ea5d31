/** Which tests run where: the projects of `npm test`, and what they share to be quick. */
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { globSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { WORLD_SETTINGS } from "./test/behaviour/world.ts";

/** The Worker under test has what `npm start` gives it: the published test credentials. */
const developmentVars = Object.fromEntries(
  Object.entries(parseEnv(readFileSync("development.vars", "utf8"))).map(([name, value]) => [
    name,
    value ?? "",
  ]),
);

/** These bound a hang. No test asserts a time, and a property of a thousand runs on a loaded machine exceeds vitest's 5 s. */
const PATIENCE = { testTimeout: 30_000, hookTimeout: 30_000 };

/** A real `npm start` takes seconds to be ready, and on a loaded machine many. */
const LONG_PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 };

/**
 * Four files at once on two cores: while two wait for a process, an alarm or an outage, two compute. The number is the same
 * for all projects of a group, as vitest asks.
 */
const FILES_AT_ONCE = 4;

const UNIT = [
  "test/{kernel,protocol,wires,hub,auth,config,log,events,metrics,ledger,admin,docs,scripts,client,examples,bench}/**/*.test.ts",
];

/**
 * Files share their modules with those that run before them, which halves the time. A file that replaces a module must not:
 * the module may be loaded already.
 */
const MOCKING = globSync(UNIT).filter((file) => readFileSync(file, "utf8").includes("vi.mock("));

/** What depends on how many hubs there are. */
const SPREAD = ["behaviour", "events", "other-hub-fails"].map(
  (name) => `test/worker/${name}.test.ts`,
);

/** What takes longest begins first, so that nothing waits for it at the end. */
const LONG_FILES = [
  "e2e/outage",
  "e2e/start",
  "worker/behaviour",
  "e2e/events",
  "e2e/restart",
  "e2e/pubsub",
  "e2e/publishing",
  "e2e/alarm",
  "e2e/werift",
  "versions/calls",
  "versions/storage",
  "sinks/pubsub/emulator",
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const at = LONG_FILES.findIndex((name) => moduleId.includes(`test/${name}.`));
  return at === -1 ? LONG_FILES.length : at;
}

interface WorkerdOptions {
  readonly include: string[];
  readonly exclude?: string[];
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Tests in workerd, with the published test credentials and these settings. Each file has a workerd of its own. With
 * `isolate: false` they would share one, but then counts in the memory of its isolate mix, and the run of 22 files never ended
 * (workerd of November 2026).
 */
function workerd(name: string, { include, exclude = [], settings = {} }: WorkerdOptions) {
  const bindings = { ...developmentVars, ...WORLD_SETTINGS, ...settings };
  return {
    plugins: [
      cloudflareTest({
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: { bindings },
      }),
    ],
    test: { name, include, exclude, ...PATIENCE },
  };
}

export default defineConfig({
  test: {
    maxWorkers: FILES_AT_ONCE,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      {
        test: {
          name: "unit",
          environment: "node",
          include: UNIT,
          exclude: MOCKING,
          isolate: false,
          setupFiles: ["test/support/property-seed.ts"],
          ...PATIENCE,
        },
      },
      { test: { name: "unit-mocks", environment: "node", include: MOCKING, ...PATIENCE } },
      workerd("workerd", {
        include: ["test/worker/**/*.test.ts"],
        // One hub has no other hub that could fail.
        exclude: ["test/worker/other-hub-fails.test.ts"],
      }),
      // What clients that are spread over hubs can tell from one hub: see test/behaviour/all.ts.
      workerd("workerd-7", { include: SPREAD, settings: { SIGNAL_MANAGER_ROUTING_HUBS: "7" } }),
      workerd("workerd-per-client", {
        include: SPREAD,
        settings: { SIGNAL_MANAGER_ROUTING_HUBS: "per-client" },
      }),
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/**/*.test.ts"],
          ...LONG_PATIENCE,
        },
      },
      {
        test: {
          name: "versions",
          environment: "node",
          // They build two bundles, and kill and restart processes.
          include: ["test/versions/**/*.test.ts"],
          ...LONG_PATIENCE,
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["test/browser/**/*.test.ts"],
          globalSetup: ["test/support/browser-notice.ts"],
          // After all others, one at a time: a call needs the machine, and a person's ten seconds are counted.
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
