/** A server under load: a process of its own with its port, its CPU time and its memory, ended by its pid. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuMs, end, residentBytes } from "../processes.ts";
import { startWorkerd } from "../workerd.ts";
import type { WorkerdService } from "../workerd-config.ts";
import type { WorkerdServer } from "./adapter.ts";
import { ADAPTERS, type AdapterName } from "./adapters.ts";

const START_TIMEOUT_MS = 20_000;

/** Ignored by git; the configurations of workerd lie here. */
const BUILD_DIRECTORY = "dist/bench/peers";

export interface Server extends AsyncDisposable {
  /** Of the WebSocket, with a slash at its end. */
  readonly url: string;
  /** CPU milliseconds that the process has used; null where the system does not report it. */
  cpuMs(): number | null;
  /** Bytes of memory that the process holds. */
  residentBytes(): number;
}

export async function startServer(name: AdapterName): Promise<Server> {
  const { server } = ADAPTERS[name];
  if (server.kind === "node") return startNode(name);
  const configPath = join(BUILD_DIRECTORY, `${name}.capnp`);
  const workerd = await startWorkerd([await serviceOf(name, server)], { configPath });
  return {
    url: workerd.url(name),
    cpuMs: () => workerd.cpuMs(),
    residentBytes: () => workerd.residentBytes(),
    [Symbol.asyncDispose]: () => workerd[Symbol.asyncDispose](),
  };
}

/** An adapter's Worker, as a process of workerd runs it, alone or beside others. */
export async function serviceOf(
  name: AdapterName,
  { build, objects, vars = {} }: WorkerdServer,
): Promise<WorkerdService> {
  return { name, ...(await build()), objects, vars };
}

async function startNode(name: AdapterName): Promise<Server> {
  const child = fork("bench/peers/node-server.ts", [name], {
    env: { ...process.env, NODE_ENV: "production" },
  });
  const stop = () => end(child);
  try {
    const answer: unknown[] = await once(child, "message", {
      signal: AbortSignal.timeout(START_TIMEOUT_MS),
    });
    return {
      // The other end of the pipe is node-server.ts, which sends its port.
      url: `ws://127.0.0.1:${answer[0] as number}/`,
      cpuMs: () => cpuMs(child.pid),
      residentBytes: () => residentBytes(child.pid),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
