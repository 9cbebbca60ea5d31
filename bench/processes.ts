/** Processes that the bench starts: asked one thing at a time, measured, and ended by their pid. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

export interface Helper extends AsyncDisposable {
  /** @throws if the process has ended. */
  ask(command: object): Promise<unknown>;
}

/** A process of our own that answers each message with one. */
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

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill();
  await exited;
}

/**
 * CPU milliseconds that the process has used; null where the system does not tell. Linux keeps it for each thread, in
 * nanoseconds, as the first field of `schedstat`.
 */
export function cpuMs(pid: number | undefined): number | null {
  const threads = `/proc/${pid}/task`;
  try {
    const nanoseconds = readdirSync(threads).map((thread) =>
      Number(readFileSync(`${threads}/${thread}/schedstat`, "utf8").split(" ")[0]),
    );
    return nanoseconds.reduce((total, ns) => total + ns, 0) / 1e6;
  } catch {
    // No /proc on this system, or a thread has just gone: either way the time is not known.
    return null;
  }
}
