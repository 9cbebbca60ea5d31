/** `npm run build:client`: src/client, and what it imports of src/protocol, to ESM with declarations in dist/client. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const outDir = resolve(root, "dist/client");

rmSync(outDir, { recursive: true, force: true });
compile();
for (const file of globSync("**/*.d.ts", { cwd: outDir })) pointToBuilt(resolve(outDir, file));

function compile(): void {
  const emit = ["--noEmit", "false", "--declaration", "--outDir", outDir];
  const { status } = spawnSync("tsc", ["-p", "tsconfig.client.json", ...emit], {
    cwd: root,
    // Standard output is npm pack's, which may be asked for JSON there.
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
}

/** tsc makes `./client.js` of `./client.ts` in the code, but not in the declarations. */
function pointToBuilt(path: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replaceAll(/(\bfrom |\bimport\()("\.[^"]*)\.ts"/g, '$1$2.js"'));
}
