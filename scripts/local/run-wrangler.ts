/** The life of `wrangler dev` under `npm start`: its files, its start, its message that it listens, its end. */
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
  /** `signal` aborts when the service is told to stop. */
  readonly onListening: (port: number, signal: AbortSignal) => void;
}

/** Ends this process when wrangler ends: with its code, or with 0 if it was told to stop. */
export function runWrangler({ root, server, envFileText, extra, onListening }: Run): void {
  // The folder that wrangler keeps its own files in, and git ignores.
  const localFolder = join(root, ".wrangler");
  const ownFolder = makeOwnFolder(join(localFolder, "start"));
  const envFile = join(ownFolder, "settings.env");
  writeFileSync(envFile, envFileText, { mode: 0o600 });
  // Two hubs must not share one: each would take the other's sessions for lost. A port's state outlives its service.
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

/** wrangler's one message to its parent, as JSON text; null: it was another. */
function listeningPort(message: unknown): number | null {
  const listening = Listening.safeParse(
    typeof message === "string" ? JSON.parse(message) : message,
  );
  return listening.success ? listening.data.port : null;
}
