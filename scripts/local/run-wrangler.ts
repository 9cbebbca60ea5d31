/** Runs `wrangler dev` for `npm start`: writes its files, starts it, waits for its message that it listens, and ends with it. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "../../src/config/keys.ts";
import { makeOwnFolder } from "./own-folder.ts";
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
}

/** Ends this process when wrangler ends: with wrangler's exit code, or with 0 if somebody stopped the service. */
export function runWrangler({ root, server, envFileText, extra, onListening }: Run): void {
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
  wrangler.on("message", (message) => {
    const port = listeningPort(message);
    if (port !== null) onListening(port, stopping.signal);
  });
  wrangler.on("exit", (code) => process.exit(stopping.signal.aborted ? 0 : (code ?? 1)));
}

const Listening = z.object({ event: z.literal("DEV_SERVER_READY"), port: z.number() });

/** The port in the message by which wrangler says that it listens, which is JSON text; null: another message. */
function listeningPort(message: unknown): number | null {
  const listening = Listening.safeParse(
    typeof message === "string" ? JSON.parse(message) : message,
  );
  return listening.success ? listening.data.port : null;
}
