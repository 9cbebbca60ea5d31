/** Runs `wrangler dev` for `npm start`: writes its files, starts it, waits for its message that it listens, and ends with it. */
import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../src/config/keys.ts";
import { makeOwnFolder } from "./own-folder.ts";
import { watchRuntime, type RuntimeWatch } from "./runtime-watch.ts";
import { onStopRequest } from "./stop-request.ts";
import { findWrangler, wranglerArguments, wranglerEnvironment } from "./wrangler.ts";

export interface Run {
  /** The checkout. */
  readonly root: string;
  readonly server: Config["server"];
  readonly envFileText: string;
  readonly extra: readonly string[];
  /** `signal` aborts when somebody stops the service. */
  readonly onListening: (port: number, signal: AbortSignal) => void;
  /** Whether the service answers on the port within so many milliseconds. */
  readonly isAnswering: (port: number, ms: number) => Promise<boolean>;
}

/** wrangler restarts its runtime within a second or two, and on a busy machine within some more. */
const RESTART_WITHIN_MS = 20_000;

/** wrangler ends within a second, unless it hangs. */
const END_WITHIN_MS = 5000;

/** Ends this process when wrangler ends: with wrangler's exit code, or with 0 if somebody stopped the service. */
export function runWrangler({
  root,
  server,
  envFileText,
  extra,
  onListening,
  isAnswering,
}: Run): void {
  // wrangler keeps its own files in this folder, and git ignores it.
  const localFolder = join(root, ".wrangler");
  const ownFolder = makeOwnFolder(join(localFolder, "start"));
  const envFile = join(ownFolder, "settings.env");
  writeFileSync(envFile, envFileText, { mode: 0o600 });
  // Each port has its own state, which outlives the service. Two hubs on one state would take each other's sessions for lost.
  const stateFolder =
    server.port === 0 ? join(ownFolder, "state") : join(localFolder, `state-${server.port}`);

  const wrangler = spawn(
    process.execPath,
    [findWrangler(), ...wranglerArguments(server, { envFile, stateFolder }, extra)],
    {
      cwd: root,
      env: wranglerEnvironment(process.env),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  process.on("exit", () => wrangler.kill("SIGTERM"));
  const stopping = new AbortController();
  onStopRequest(() => {
    stopping.abort();
    wrangler.kill("SIGTERM");
  });
  supervise(wrangler, stopping.signal, { onListening, isAnswering });
}

function supervise(
  wrangler: ChildProcess,
  stopping: AbortSignal,
  { onListening, isAnswering }: Pick<Run, "onListening" | "isAnswering">,
): void {
  let watch: RuntimeWatch | undefined;
  let hasFailed = false;
  wrangler.on("message", (message) => {
    const port = listeningPort(message);
    if (port === null) return;
    onListening(port, stopping);
    watch ??= watchRuntime(wrangler.pid ?? 0, () => {
      void isAnswering(port, RESTART_WITHIN_MS).then((isUp) => {
        if (isUp || hasFailed || stopping.aborted) return;
        hasFailed = true;
        end(wrangler);
      });
    });
  });
  wrangler.on("exit", (code) => {
    if (stopping.aborted) process.exit(0);
    // wrangler explains itself where it cannot start.
    if (watch === undefined) process.exit(code ?? 1);
    // If wrangler was killed, nobody else ends the runtime, which holds the port.
    for (const pid of watch.pids) killIfAlive(pid);
    if (!hasFailed) console.error(`Signal Manager stopped: wrangler ended. ${START_AGAIN}`);
    process.exit(1);
  });
}

const START_AGAIN =
  "Start it again with npm start: sessions end as lost, and nothing else is lost.";

function end(wrangler: ChildProcess): void {
  console.error(
    `Signal Manager stopped: a process of its runtime (workerd) ended, and the one that took its place answers nothing. ${START_AGAIN}`,
  );
  wrangler.kill("SIGTERM");
  setTimeout(() => wrangler.kill("SIGKILL"), END_WITHIN_MS);
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // ESRCH: it has ended.
  }
}

const Listening = z.object({ event: z.literal("DEV_SERVER_READY"), port: z.number() });

/** The port in the message by which wrangler says that it listens, which is JSON text; null: another message. */
function listeningPort(message: unknown): number | null {
  const listening = Listening.safeParse(
    typeof message === "string" ? JSON.parse(message) : message,
  );
  return listening.success ? listening.data.port : null;
}
