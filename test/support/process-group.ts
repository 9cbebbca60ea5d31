/** A command and all its children as one process group, so that a test can end all of them and check that all have ended. */
import {
  execFileSync,
  spawn,
  type ChildProcess,
  type ChildProcessByStdio,
} from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 50;

export class ProcessGroup {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #leader: number;
  readonly #guard: ChildProcess;
  readonly #onOutput = new Set<() => void>();
  #isAlive = true;
  #stdout = "";
  #stderr = "";
  /** The exit code of the leader; null: a signal ended it. Resolves when no process can print any more. */
  readonly exitCode: Promise<number | null>;
  /** Resolves when no process of the group is left. */
  readonly ended: Promise<void>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(command, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const { pid, stdout, stderr } = this.#child;
    if (pid === undefined) throw new Error(`cannot start ${command}`);
    this.#leader = pid;
    this.#guard = guard(pid);
    stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      for (const look of this.#onOutput) look();
    });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      for (const look of this.#onOutput) look();
    });
    this.exitCode = once(this.#child, "close").then(([code]: (number | null)[]) => code ?? null);
    this.ended = this.exitCode.then(() => this.#emptied());
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits for output that matches. @throws if the processes end before. */
  async printed(pattern: RegExp): Promise<RegExpMatchArray> {
    const found = new Promise<RegExpMatchArray>((resolve) => {
      const look = () => {
        const match = `${this.#stdout}\n${this.#stderr}`.match(pattern);
        if (match === null) return;
        this.#onOutput.delete(look);
        resolve(match);
      };
      this.#onOutput.add(look);
      look();
    });
    const ended = this.exitCode.then((code) => {
      throw new Error(`ended with ${code}, not with ${pattern}:\n${this.#stdout}\n${this.#stderr}`);
    });
    return Promise.race([found, ended]);
  }

  /** The command lines of all processes of the group that are alive. */
  members(): string[] {
    const processes = execFileSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" });
    return processes.split("\n").flatMap((line) => {
      const [, group, state, args] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      // A zombie has ended, even if its parent has not collected it.
      return Number(group) === this.#leader && !state?.startsWith("Z") && args ? [args] : [];
    });
  }

  /** Kills the processes of the group whose command line matches. Returns how many there were. */
  kill(pattern: RegExp): number {
    const processes = execFileSync("ps", ["-A", "-o", "pgid=,pid=,args="], { encoding: "utf8" });
    const found = processes.split("\n").flatMap((line) => {
      const [, group, pid, args = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return Number(group) === this.#leader && pattern.test(args) ? [Number(pid)] : [];
    });
    for (const pid of found) process.kill(pid, "SIGKILL");
    return found.length;
  }

  /** Sends a signal only to the leader, as a process manager does. */
  signalLeader(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal to every process, as a terminal does. Resolves when none is left. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    try {
      if (this.#isAlive) process.kill(-this.#leader, signal);
    } catch {
      // ESRCH: the last process has ended in the meantime.
    }
    return this.ended;
  }

  /** Node reports no event when a grandchild ends, so this polls. */
  async #emptied(): Promise<void> {
    while (this.members().length > 0) await pause(POLL_MS);
    this.#isAlive = false;
    this.#guard.kill();
  }
}

/** A guard that ends the group if this process ends first: then the input of the guard ends, too. */
function guard(leader: number): ChildProcess {
  return spawn("sh", ["-c", `read line; kill -s KILL -- -${leader}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}
