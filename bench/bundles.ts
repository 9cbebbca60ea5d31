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

/** Far more than the sources of the commit. */
const MAX_ARCHIVE_BYTES = 256 * 1_048_576;

const ROOT = resolve(import.meta.dirname, "..");

/** For Workers that belong to the bench itself. */
export const COMPATIBILITY_DATE = compatibilityDateIn(ROOT);

/** Builds today's bundle, once per process. */
export function todaysBundle(): Promise<Bundle> {
  return (today ??= build(ROOT, "dist/bench/today"));
}

let today: Promise<Bundle> | undefined;

/** Builds the baseline's bundle, unless dist/ has it. @throws if git does not have the commit. */
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
 * Takes the baseline's sources from git and returns their folder, relative to the project. The sources use the node_modules of
 * this checkout, which lie above them, so a changed lock file makes another folder.
 * @throws if git does not have the commit.
 */
export function baselineSource(): string {
  const lock = readFileSync(join(ROOT, "package-lock.json"));
  const dependencies = createHash("sha256").update(lock).digest("hex").slice(0, 8);
  const source = `dist/baseline/${BASELINE}-${dependencies}`;
  if (existsSync(join(ROOT, source))) return source;
  if (!hasBaseline()) {
    throw new Error(
      `The baseline is commit ${BASELINE}, which git does not have here: the checkout has no history, or a shallow one. ` +
        "In a shallow clone run `git fetch --unshallow`.",
    );
  }
  mkdirSync(join(ROOT, "dist/baseline"), { recursive: true });
  // The folder appears under its name when it is complete, also when two processes make it at once.
  const unfinished = mkdtempSync(join(ROOT, "dist/baseline/unfinished-"));
  const archive = execFileSync("git", ["archive", "--format=tar", BASELINE_COMMIT], {
    cwd: ROOT,
    maxBuffer: MAX_ARCHIVE_BYTES,
  });
  execFileSync("tar", ["-x", "-C", unfinished], { input: archive });
  try {
    renameSync(unfinished, join(ROOT, source));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process was faster and made the same files.
    if (!existsSync(join(ROOT, source))) throw error;
  }
  return source;
}

function hasBaseline(): boolean {
  try {
    execFileSync("git", ["cat-file", "-e", `${BASELINE_COMMIT}^{commit}`], {
      cwd: ROOT,
      stdio: "ignore",
    });
    return true;
  } catch {
    // git does not have the commit, the folder is not a repository, or there is no git: no baseline in any case.
    return false;
  }
}

/** Does what `npm run deploy` does before the upload. Both paths are relative to the project. */
async function build(source: string, directory: string): Promise<Bundle> {
  // The build command in wrangler.toml calls `node`, which must be this Node also outside of `npm run`.
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
