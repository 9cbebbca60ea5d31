/** Installs the servers to compare with: the packages of bench/peers, which only this bench installs. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const FOLDER = "bench/peers";

/** Returns the packages with their versions. @throws if npm fails. */
export function installPeers(): Readonly<Record<string, string>> {
  const wanted = read(`${FOLDER}/package.json`).dependencies ?? {};
  const isThere = Object.entries(wanted).every(([name, version]) => installed(name) === version);
  if (!isThere) {
    console.log(`Installing the servers to compare with: npm ci in ${FOLDER}`);
    const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    execFileSync("npm", options, { cwd: FOLDER, stdio: ["ignore", "ignore", "inherit"] });
  }
  return wanted;
}

function installed(name: string): string | null {
  try {
    return read(`${FOLDER}/node_modules/${name}/package.json`).version ?? null;
  } catch {
    // The package is not installed.
    return null;
  }
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function read(path: string): Manifest {
  // npm writes these files.
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}
