/**
 * `npm run size`: the whole SDK, all its exports, as a user measures it: bundled by plain esbuild, minified, gzipped at level
 * 9. The formats differ by two hundred bytes, and the largest counts. Beside it stands the baseline's. Fails over the budget.
 */
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { BASELINE, baselineSource } from "../bench/bundles.ts";

/** The promise to users: 16 KB of 1,000 bytes each. */
const BUDGET_BYTES = 16_000;

/** For who imports SignalClient alone. */
const CLIENT_BUDGET_BYTES = 11_000;

/** For `import`, for `require`, and for a script tag. */
const FORMATS = ["esm", "cjs", "iife"] as const;

const EVERYTHING = 'export * from "./src/client/index.ts"';
const CLIENT_ONLY = 'export { SignalClient } from "./src/client/index.ts"';

const ROOT = resolve(import.meta.dirname, "..");

const { bytes, inputs } = await measure(ROOT);
const foreign = inputs.filter((path) => !/^src\/(client|protocol)\//.test(path));

const client = await measure(ROOT, CLIENT_ONLY);
console.log(`The SDK is ${bytes} bytes minified and gzipped; the budget is ${BUDGET_BYTES}.`);
console.log(`SignalClient alone is ${client.bytes} bytes; the budget is ${CLIENT_BUDGET_BYTES}.`);
await printBaseline();
if (foreign.length > 0)
  console.error(`The SDK's bundle contains other files: ${foreign.join(", ")}`);
if (bytes > BUDGET_BYTES || client.bytes > CLIENT_BUDGET_BYTES || foreign.length > 0)
  process.exitCode = 1;

/** The bytes of the largest format, and the files in it. */
async function measure(folder: string, source = EVERYTHING) {
  const sizes = await Promise.all(FORMATS.map((format) => measureFormat(folder, source, format)));
  return { bytes: Math.max(...sizes.map((size) => size.bytes)), inputs: sizes[0]?.inputs ?? [] };
}

async function measureFormat(folder: string, source: string, format: (typeof FORMATS)[number]) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    minify: true,
    format,
    // Without a name, a script would drop the exports.
    ...(format === "iife" && { globalName: "SignalManager" }),
    write: false,
    metafile: true,
  });
  const compressed = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 });
  return {
    bytes: compressed.length,
    inputs: Object.keys(metafile.inputs).filter((path) => path !== "<stdin>"),
  };
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
