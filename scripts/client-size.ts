/** `npm run size`: the whole SDK, peer() included, minified and gzipped. Fails over the budget. */
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** The promise to users: 10 KB, of 1,000 bytes. */
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
const strangers = Object.keys(metafile.inputs).filter(
  (path) => !/^src\/(client|protocol)\//.test(path),
);

console.log(`The SDK is ${bytes} bytes minified and gzipped; the budget is ${BUDGET_BYTES}.`);
if (strangers.length > 0) console.error(`It holds what is not its own: ${strangers.join(", ")}`);
if (bytes > BUDGET_BYTES || strangers.length > 0) process.exitCode = 1;
