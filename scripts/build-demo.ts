/** Builds examples/demo into public/demo, among wrangler's assets. wrangler runs it itself: `[build]` in wrangler.toml. */
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
  // Not minified: people are to read it in their browser's tools.
  charset: "utf8",
  write: false,
});

mkdirSync(target, { recursive: true });
for (const { path, contents } of outputFiles) put(path, contents);
for (const name of ["index.html", "mark.svg"]) {
  put(join(target, name), readFileSync(join(source, name)));
}

/** Whole or not at all, and only where it differs: other services of this checkout may be serving it, and watch it. */
function put(path: string, contents: Uint8Array): void {
  if (readIfThere(path)?.equals(contents)) return;
  const half = `${path}.${process.pid}`;
  writeFileSync(half, contents);
  renameSync(half, path);
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // ENOENT: the first build. Whatever else is wrong, writing says.
    return null;
  }
}
