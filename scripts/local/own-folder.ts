/** A folder for one run of `npm start`: no other user can read it, and it is removed when the process ends. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Makes the folder under `parent`. Also removes the folders of runs that were killed, since they hold secrets. */
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
    // EPERM: the process exists and belongs to another user. ESRCH, or a TypeError for a name that is not a number: no process.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
