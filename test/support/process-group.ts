/** Processes started as a group of their own, so that a test can end all of them, and see that all have ended. */
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
  /** The leader's exit code, once every process that could still print has ended; null: a signal ended it. */
  readonly exitCode: Promise<number | null>;
  /** Resolves when no member lives. */
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

  /** The first match in what the processes print. @throws if they end without printing it. */
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

  /** What of the group lives: a command line each. */
  members(): string[] {
    const processes = execFileSync("ps", ["-A", "-o", "pgid=,stat=,args="], { encoding: "utf8" });
    return processes.split("\n").flatMap((line) => {
      const [, group, state, args] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
      // A zombie has ended; that its parent has not asked is not ours to mend.
      return Number(group) === this.#leader && !state?.startsWith("Z") && args ? [args] : [];
    });
  }

  /** To the leader alone, as a process manager does. */
  signalLeader(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** To every member, as a terminal does. Resolves when none lives. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    try {
      if (this.#isAlive) process.kill(-this.#leader, signal);
    } catch {
      // ESRCH: the last one has ended since we looked.
    }
    return this.ended;
  }

  /** No event tells of grandchildren: it has to be asked. */
  async #emptied(): Promise<void> {
    while (this.members().length > 0) await pause(POLL_MS);
    this.#isAlive = false;
    this.#guard.kill();
  }
}

/** Ends the group if this process ends first, however it ends: then the guard's input does, too. */
function guard(leader: number): ChildProcess {
  return spawn("sh", ["-c", `read line; kill -s KILL -- -${leader}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
}
