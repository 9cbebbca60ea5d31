/** Processes that the bench starts: it asks them one thing at a time, measures them, and ends them by their pid. */
import { execFileSync, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

export interface Helper extends AsyncDisposable {
  /** @throws if the process has ended. */
  ask(command: object): Promise<unknown>;
}

/** Starts one of the bench's own programs, which answers each message with one message. */
export function startHelper(path: string): Helper {
  const child = fork(path);
  return {
    async ask(command) {
      const gone = new AbortController();
      const onExit = (): void => gone.abort(new Error(`${path} has ended`));
      child.once("exit", onExit);
      child.send(command);
      const answer: unknown[] = await once(child, "message", { signal: gone.signal });
      child.off("exit", onExit);
      return answer[0];
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** Resolves when the process has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

/**
 * CPU milliseconds that all threads of the process have used; null where the system does not report it. Linux keeps the
 * time of each thread in nanoseconds, as the first field of `schedstat`.
 */
export function cpuMs(pid: number | undefined): number | null {
  const threads = `/proc/${pid}/task`;
  try {
    const nanoseconds = readdirSync(threads).map((thread) =>
      Number(readFileSync(`${threads}/${thread}/schedstat`, "utf8").split(" ")[0]),
    );
    return nanoseconds.reduce((total, ns) => total + ns, 0) / 1e6;
  } catch {
    // There is no /proc on this system, or a thread has just ended: either way the time is not known.
    return null;
  }
}

/** Bytes of memory that the process holds, its children not included. */
export function residentBytes(pid: number | undefined): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
}
