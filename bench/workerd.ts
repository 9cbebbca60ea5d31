/** A bare workerd process with one or more Workers: started, asked for its ports and its CPU time, and ended by its pid. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { cpuMs, end, residentBytes } from "./processes.ts";
import { STORAGE, workerdConfig, type WorkerdService } from "./workerd-config.ts";

const START_TIMEOUT_MS = 20_000;

const INHERITED = ["inherit", "inherit"] as const;
const PIPED = ["pipe", "pipe"] as const;

/** One process, whatever the number of its Workers. */
export interface Workerd extends AsyncDisposable {
  readonly pid: number;
  /** The WebSocket address of one of the Workers, with a slash at its end. */
  url(service: string): string;
  /** CPU milliseconds that the process has used; null where the system does not report it. */
  cpuMs(): number | null;
  /** Bytes of memory that the process holds. */
  residentBytes(): number;
  /** Resolves when the process has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface WorkerdOptions {
  /** Where the configuration is written. */
  readonly configPath: string;
  /** The folder of the objects' databases, kept after the end; without it, a folder of this process's own. */
  readonly storage?: string;
  /** Further options of `workerd serve`. */
  readonly options?: readonly string[];
  /** Gets each line that the Workers log; without it, the lines go where this process prints. */
  readonly onLine?: (line: string) => void;
}

/** Resolves when every Worker listens. @throws if workerd ends, or does not listen in time. */
export async function startWorkerd(
  services: readonly WorkerdService[],
  { configPath, storage, options = [], onLine }: WorkerdOptions,
): Promise<Workerd> {
  mkdirSync(dirname(configPath), { recursive: true });
  writeFileSync(configPath, workerdConfig(services, resolve(dirname(configPath))));
  const folder = storage ?? (await mkdtemp(join(tmpdir(), "signal-manager-bench-")));
  const outputs = onLine === undefined ? INHERITED : PIPED;
  const child = spawn(
    "node_modules/.bin/workerd",
    ["serve", configPath, `--directory-path=${STORAGE}=${folder}`, "--control-fd=3", ...options],
    { stdio: ["ignore", ...outputs, "pipe"] },
  );
  if (onLine !== undefined) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", onLine);
    }
  }
  const stop = async (): Promise<void> => {
    await end(child);
    if (storage === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await listening(child, services.length);
    return {
      pid: child.pid ?? 0,
      url: (service) => `ws://127.0.0.1:${ports.get(service)}/`,
      cpuMs: () => cpuMs(child.pid),
      residentBytes: () => residentBytes(child.pid),
      end: (signal) => end(child, signal),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads workerd's control pipe: one JSON object per line, one line per socket that listens. */
async function listening(child: ChildProcess, sockets: number): Promise<Map<string, number>> {
  // The fourth entry of `stdio` above is a pipe that the child writes.
  const lines = createInterface({ input: child.stdio[3] as Readable });
  child.once("exit", () => lines.close());
  const timeout = setTimeout(() => lines.close(), START_TIMEOUT_MS);
  const ports = new Map<string, number>();
  for await (const line of lines) {
    const message: { event?: unknown; socket?: unknown; port?: unknown } = JSON.parse(line);
    if (message.event === "listen") ports.set(String(message.socket), Number(message.port));
    if (ports.size === sockets) break;
  }
  clearTimeout(timeout);
  if (ports.size < sockets) throw new Error("workerd did not start: its own output says why");
  return ports;
}
