/**
 * Notices that a process of the runtime below wrangler has ended. wrangler starts another, but one that answers requests for the
 * others may come back without answering anything, and wrangler says nothing of it.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A listing of all processes takes some milliseconds. */
const LOOK_EVERY_MS = 2000;

export interface RuntimeWatch {
  /** The processes of the runtime that were seen last. */
  readonly pids: ReadonlySet<number>;
  stop(): void;
}

/** Calls `ended` after each look in which a process that was there before is missing. Without `ps` it sees nothing. */
export function watchRuntime(wrangler: number, ended: () => void): RuntimeWatch {
  let pids: ReadonlySet<number> = new Set();
  const look = async () => {
    const listing = await listProcesses();
    if (listing === "") return;
    const now = runtimesBelow(listing, wrangler);
    const isMissing = [...pids].some((pid) => !now.has(pid));
    // Nothing below wrangler: it ends, and whoever waits for that needs to know what it leaves behind.
    if (now.size > 0) pids = now;
    if (isMissing) ended();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  void look();
  return {
    get pids() {
      return pids;
    },
    stop: () => clearInterval(timer),
  };
}

/** The processes named workerd that descend from `root`. `listing`: a line of pid, parent's pid and command for each. */
export function runtimesBelow(listing: string, root: number): ReadonlySet<number> {
  const processes = Array.from(
    listing.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm),
    ([, pid, parent, command = ""]) => ({ pid: Number(pid), parent: Number(parent), command }),
  );
  const below = new Set([root]);
  const found = new Set<number>();
  for (let size = 0; size < below.size;) {
    size = below.size;
    for (const { pid, parent, command } of processes) {
      if (!below.has(parent)) continue;
      below.add(pid);
      if (/(^|\/)workerd$/.test(command.trim())) found.add(pid);
    }
  }
  return found;
}

async function listProcesses(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,comm="]);
    return stdout;
  } catch {
    // There is no `ps`, as on Windows, or it failed this once.
    return "";
  }
}
