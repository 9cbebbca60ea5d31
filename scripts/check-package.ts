/**
 * `npm run check:package`: packs the package and checks it with publint and are-the-types-wrong. Then it installs the package
 * into an empty TypeScript project, compiles the README's snippets there, and runs a first program. It leaves no file behind.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const tsc = resolve(root, "node_modules/.bin/tsc");

/** A program that runs without a hub. */
const FIRST_FILE = `
import { SignalClient, SignalError, peer } from "signal-manager/client";

const client = new SignalClient({ url: "ws://127.0.0.1:9/", clientId: "a", token: "t" });
client.on("signal", ({ source, type, data }) => console.log(source, type, data));
try {
  await client.send("b", "offer", { sdp: "v=0" });
} catch (error) {
  if (!(error instanceof SignalError) || error.code !== "not-started") throw error;
}
if (typeof peer !== "function") throw new Error("no peer");
await client.close();
`;

/** The snippets of the SDK's README, unchanged. */
const SNIPPETS = Array.from(
  readFileSync(resolve(root, "src/client/README.md"), "utf8").matchAll(/```ts\n([^]*?)```/g),
  ([, code = ""]) => code,
);

const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: [],
  },
};

/** Two sets of type libraries that users have: that of a page, and one without DOM and Node. */
const WORLDS = {
  page: {
    lib: ["es2024", "esnext.disposable", "dom"],
    files: ["first.ts", ...SNIPPETS.map((_, at) => `snippet-${at}.ts`)],
  },
  worker: { lib: ["es2024", "esnext.disposable", "webworker"], files: ["first.ts"] },
};

const project = mkdtempSync(join(tmpdir(), "signal-manager-package-"));
try {
  run(root, "npm", ["pack", "--silent", "--pack-destination", project]);
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  run(root, "publint", [join(project, tarball), "--strict"]);
  // The package has one entry, which is ESM, for module resolutions that know "exports".
  run(root, "attw", [join(project, tarball), "--profile", "esm-only"]);

  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
  run(project, "npm", ["install", "--silent", "--no-audit", "--no-fund", `./${tarball}`]);
  const installed = readdirSync(join(project, "node_modules")).filter((name) => name[0] !== ".");
  if (installed.join() !== "signal-manager")
    throw new Error(`The package also installs: ${installed.join()}`);
  writeFileSync(join(project, "first.ts"), FIRST_FILE);
  for (const [at, code] of SNIPPETS.entries()) {
    writeFileSync(join(project, `snippet-${at}.ts`), code);
  }
  for (const [name, { lib, files }] of Object.entries(WORLDS)) {
    const { compilerOptions } = TSCONFIG;
    const config = { compilerOptions: { ...compilerOptions, lib }, files };
    writeFileSync(join(project, `${name}.json`), JSON.stringify(config));
    run(project, tsc, ["-p", `${name}.json`]);
  }
  run(project, process.execPath, ["first.js"]);
  console.log("The package packs, installs nothing else, compiles and runs.");
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** @throws if the command fails. Its own output says why. */
function run(cwd: string, command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed`, { cause: error ?? status });
}
