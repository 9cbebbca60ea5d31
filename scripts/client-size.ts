/** `npm run size`: the whole SDK, peer() included, minified and gzipped, beside the baseline's. Fails over the budget. */
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { BASELINE, baselineSource } from "../bench/bundles.ts";

/** The promise to users: 10 KB of 1,000 bytes each. */
const BUDGET_BYTES = 10_000;

const ROOT = resolve(import.meta.dirname, "..");

const { bytes, inputs } = await measure(ROOT);
const foreign = inputs.filter((path) => !/^src\/(client|protocol)\//.test(path));

console.log(`The SDK is ${bytes} bytes minified and gzipped; the budget is ${BUDGET_BYTES}.`);
await printBaseline();
if (foreign.length > 0)
  console.error(`The SDK's bundle contains other files: ${foreign.join(", ")}`);
if (bytes > BUDGET_BYTES || foreign.length > 0) process.exitCode = 1;

async function measure(folder: string) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
  });
  const compressed = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 });
  return { bytes: compressed.length, inputs: Object.keys(metafile.inputs) };
}

async function printBaseline(): Promise<void> {
  let source: string;
  try {
    source = baselineSource();
  } catch (error) {
    // A shallow clone, or no repository: the budget holds without the comparison.
    console.log(error instanceof Error ? error.message : error);
    return;
  }
  const baseline = await measure(join(ROOT, source));
  const difference = bytes - baseline.bytes;
  console.log(
    `At commit ${BASELINE} it was ${baseline.bytes} bytes: ${Math.abs(difference)} ${difference > 0 ? "fewer" : "more"} than today.`,
  );
}
