/** `npm run build:client`: compiles src/client, and what it imports from src/protocol, to ESM with declarations in dist/client. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const outDir = resolve(root, "dist/client");

rmSync(outDir, { recursive: true, force: true });
compile();
for (const file of globSync("**/*.d.ts", { cwd: outDir })) rewriteImports(resolve(outDir, file));

function compile(): void {
  const emit = ["--noEmit", "false", "--declaration", "--outDir", outDir];
  const { status } = spawnSync("tsc", ["-p", "tsconfig.client.json", ...emit], {
    cwd: root,
    // To standard error, because `npm pack --json` prints its answer to standard output.
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
}

/** Turns imports of `./client.ts` into `./client.js` in a declaration. tsc does so only in code. */
function rewriteImports(path: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replaceAll(/(\bfrom |\bimport\()("\.[^"]*)\.ts"/g, '$1$2.js"'));
}
