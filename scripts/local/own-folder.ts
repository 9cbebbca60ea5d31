/** A folder for one run of `npm start`, which no other user can read and which goes with the process. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Makes it under `parent`, and removes those of runs that were killed: secrets are in them. */
export function makeOwnFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) {
    if (!isAlive(Number(name))) remove(join(parent, name));
  }
  const folder = join(parent, String(process.pid));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  process.on("exit", () => remove(folder));
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user's. ESRCH, or a name that is no process id: it does not.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
