/** The service as a person starts it: `npm start` on a free port, with settings from the shell. */
import { VARIABLE_PREFIX } from "../../src/config/keys.ts";
import { ProcessGroup } from "./process-group.ts";

export type ShellSettings = Readonly<Record<`SIGNAL_MANAGER_${string}`, string>>;

export class NodeService {
  readonly processes: ProcessGroup;
  /** The URL that `npm start` prints: ws://… or wss://…. */
  readonly url: string;

  private constructor(processes: ProcessGroup, url: string) {
    this.processes = processes;
    this.url = url;
  }

  /** Resolves when the service has printed that it listens. `args`: the arguments after `npm start --`. */
  static async start(
    settings: ShellSettings = {},
    args: readonly string[] = [],
  ): Promise<NodeService> {
    const processes = npm(["start", "--", ...args], { ...FREE_PORT, ...settings });
    try {
      const [, url = ""] = await processes.printed(/Signal Manager listens on (\S+)/);
      return new NodeService(processes, url);
    } catch (error) {
      await processes.end("SIGKILL");
      throw error;
    }
  }

  /** Requests a path over http:// or https://, whichever the service uses. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url.replace(/^ws/, "http")), init);
  }

  stop(): Promise<void> {
    return this.processes.end();
  }
}

const FREE_PORT = { SIGNAL_MANAGER_SERVER_PORT: "0" };

/** Runs a script of package.json in a shell in which only these settings are set. */
export function npm(args: readonly string[], settings: ShellSettings = {}): ProcessGroup {
  const shell = Object.entries(process.env).filter(([name]) => !name.startsWith(VARIABLE_PREFIX));
  return new ProcessGroup("npm", args, { ...Object.fromEntries(shell), ...settings });
}

/** The token that `npm run --silent token -- …` prints. */
export async function issueToken(
  args: readonly string[],
  settings: ShellSettings = {},
): Promise<string> {
  const run = npm(["run", "--silent", "token", "--", ...args], settings);
  const exitCode = await run.exitCode;
  if (exitCode !== 0) throw new Error(`npm run token ended with ${exitCode}: ${run.stderr}`);
  return run.stdout.trimEnd();
}
