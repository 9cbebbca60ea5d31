/** `npm run size`: prints the size of the whole SDK, minified and gzipped. Fails above the budget. */
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** The promise to users: 10 KB of 1,000 bytes each. */
const BUDGET_BYTES = 10_000;

const root = resolve(import.meta.dirname, "..");
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/client/index.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  write: false,
  metafile: true,
});
const bytes = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
const foreign = Object.keys(metafile.inputs).filter(
  (path) => !/^src\/(client|protocol)\//.test(path),
);

console.log(`The SDK is ${bytes} bytes minified and gzipped; the budget is ${BUDGET_BYTES}.`);
if (foreign.length > 0)
  console.error(`It contains files outside src/client and src/protocol: ${foreign.join(", ")}`);
if (bytes > BUDGET_BYTES || foreign.length > 0) process.exitCode = 1;
