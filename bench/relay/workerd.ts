/** A workerd process: started, asked for its ports and its CPU time, and ended by its pid. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { cpuMs, end } from "../processes.ts";
import { SIDES, STORAGE, workerdConfig, type Side, type WorkerdSources } from "./workerd-config.ts";

const START_TIMEOUT_MS = 20_000;

export interface Workerd extends AsyncDisposable {
  readonly urls: Readonly<Record<Side, string>>;
  /** CPU milliseconds that the process has used; null where the system does not tell. */
  cpuMs(): number | null;
}

/** Resolves when both sides listen. `configPath`: where the configuration is written, beside what it embeds. */
export async function startWorkerd(
  sources: WorkerdSources,
  configPath: string,
  options: readonly string[] = [],
): Promise<Workerd> {
  await writeFile(configPath, workerdConfig(sources));
  const storage = await mkdtemp(join(tmpdir(), "signal-manager-bench-"));
  const child = spawn(
    "node_modules/.bin/workerd",
    ["serve", configPath, `--directory-path=${STORAGE}=${storage}`, "--control-fd=3", ...options],
    { stdio: ["ignore", "inherit", "inherit", "pipe"] },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(storage, { recursive: true, force: true });
  };
  try {
    const urls = await listening(child);
    return { urls, cpuMs: () => cpuMs(child.pid), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What workerd says on its control pipe: one JSON object a line, one line a socket. */
async function listening(child: ChildProcess): Promise<Record<Side, string>> {
  // The fourth of `stdio` above is a pipe that the child writes.
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const ports = new Map<unknown, unknown>();
  child.once("exit", () => lines.close());
  signal.addEventListener("abort", () => lines.close());
  for await (const line of lines) {
    const message: { event?: unknown; socket?: unknown; port?: unknown } = JSON.parse(line);
    if (message.event === "listen") ports.set(message.socket, message.port);
    if (SIDES.every((side) => ports.has(side))) break;
  }
  if (ports.size < SIDES.length) throw new Error("workerd did not start: its own words are above");
  const url = (side: Side): string => `ws://127.0.0.1:${String(ports.get(side))}/`;
  return { hub: url("hub"), control: url("control"), blind: url("blind") };
}
