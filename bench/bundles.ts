/**
 * The two Workers that the bench and the tests of two versions run: today's, and that of the baseline commit, both as
 * `npm run deploy` would upload them. Built by wrangler; kept under dist/, which git ignores.
 */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "smol-toml";

/** Every later version is measured against this commit, never against the one before it: small losses would multiply. */
export const BASELINE_COMMIT = "a5413e94dd0d5f2a73ea2f089201e75d919844ed";

export const BASELINE = BASELINE_COMMIT.slice(0, 7);

export interface Bundle {
  /** The module to run, relative to the project. */
  readonly path: string;
  /** From the wrangler.toml that the bundle was built with. */
  readonly compatibilityDate: string;
}

const ROOT = resolve(import.meta.dirname, "..");

/** For Workers that belong to the bench itself. */
export const COMPATIBILITY_DATE = compatibilityDateIn(ROOT);

/** Builds today's bundle, once per process. */
export function todaysBundle(): Promise<Bundle> {
  return (today ??= build(ROOT, "dist/bench/today"));
}

let today: Promise<Bundle> | undefined;

/** The baseline's bundle. @throws where git does not have the commit. */
export function baselineBundle(): Promise<Bundle> {
  return (baseline ??= buildBaseline());
}

let baseline: Promise<Bundle> | undefined;

async function buildBaseline(): Promise<Bundle> {
  const source = baselineSource();
  const directory = `${source}/dist/worker`;
  if (existsSync(join(ROOT, directory, "index.js"))) return bundleIn(source, directory);
  return build(source, directory);
}

/**
 * The folder of the baseline's sources, relative to the project, taken from git where it is not there yet. They find this
 * checkout's node_modules above them, so a changed lock file makes another folder.
 * @throws where git does not have the commit.
 */
export function baselineSource(): string {
  const lock = readFileSync(join(ROOT, "package-lock.json"));
  const dependencies = createHash("sha256").update(lock).digest("hex").slice(0, 8);
  const source = `dist/baseline/${BASELINE}-${dependencies}`;
  if (existsSync(join(ROOT, source))) return source;
  mkdirSync(join(ROOT, "dist/baseline"), { recursive: true });
  // Complete or absent, also when two processes come here at once.
  const unfinished = mkdtempSync(join(ROOT, "dist/baseline/unfinished-"));
  try {
    const archive = execFileSync("git", ["archive", "--format=tar", BASELINE_COMMIT], {
      cwd: ROOT,
      maxBuffer: 256 * 1_048_576,
      stdio: ["ignore", "pipe", "pipe"],
    });
    execFileSync("tar", ["-x", "-C", unfinished], { input: archive });
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw new Error(
      `The baseline is commit ${BASELINE}, and this checkout cannot give it: it has no git history, or a shallow one. ` +
        "In a shallow clone run `git fetch --unshallow`.",
      { cause: error },
    );
  }
  try {
    renameSync(unfinished, join(ROOT, source));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was faster, with the same files.
    if (!existsSync(join(ROOT, source))) throw error;
  }
  return source;
}

/** `npm run deploy`, up to the upload; both paths relative to the project. */
async function build(source: string, directory: string): Promise<Bundle> {
  // wrangler.toml's own build command calls `node`, which is npm's package under `npm run`, and must be the same without.
  const PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter);
  await promisify(execFile)(
    process.execPath,
    [
      join(ROOT, "node_modules/wrangler/bin/wrangler.js"),
      "deploy",
      "--dry-run",
      "--outdir",
      resolve(ROOT, directory),
    ],
    { cwd: resolve(ROOT, source), env: { ...process.env, PATH } },
  );
  return bundleIn(source, directory);
}

function bundleIn(source: string, directory: string): Bundle {
  return {
    path: `${directory}/index.js`,
    compatibilityDate: compatibilityDateIn(resolve(ROOT, source)),
  };
}

function compatibilityDateIn(folder: string): string {
  const settings = parse(readFileSync(join(folder, "wrangler.toml"), "utf8"));
  return String(settings["compatibility_date"]);
}
