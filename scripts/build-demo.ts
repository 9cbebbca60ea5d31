/** Builds examples/demo into public/demo, which wrangler serves. wrangler runs this script by `[build]` in wrangler.toml. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "examples/demo");
const target = join(root, "public/demo");

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [
    { in: "examples/demo/main.ts", out: "demo" },
    { in: "examples/demo/style/demo.css", out: "demo" },
  ],
  outdir: target,
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  // Not minified, so that people can read it in their browser's tools.
  charset: "utf8",
  write: false,
});

mkdirSync(target, { recursive: true });
for (const { path, contents } of outputFiles) writeIfChanged(path, contents);
for (const name of ["index.html", "mark.svg"]) {
  writeIfChanged(join(target, name), readFileSync(join(source, name)));
}

/** Replaces a file at once, and only if it differs: other services of this checkout may serve and watch it. */
function writeIfChanged(path: string, contents: Uint8Array): void {
  if (readIfExists(path)?.equals(contents)) return;
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

function readIfExists(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // ENOENT at the first build. Writing the file reports any other error.
    return null;
  }
}
