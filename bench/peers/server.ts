/** A server under load: a process of its own, with its port and what it takes of the machine, ended by its pid. */
import { execFileSync, fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { cpuMs, end } from "../processes.ts";
import type { WorkerdServer } from "./adapter.ts";
import { ADAPTERS, type AdapterName } from "./adapters.ts";

const START_TIMEOUT_MS = 20_000;

/** Ignored by git; configurations of workerd lie here, beside what they embed. */
const BUILD_DIRECTORY = "dist/bench/peers";

export interface Server extends AsyncDisposable {
  /** Of the WebSocket, with a slash at its end. */
  readonly url: string;
  /** CPU milliseconds that the process has used; null where the system does not tell. */
  cpuMs(): number | null;
  /** Bytes of memory that the process holds. */
  residentBytes(): number;
}

export async function startServer(name: AdapterName, compatibilityDate: string): Promise<Server> {
  const { server } = ADAPTERS[name];
  return server.kind === "node" ? startNode(name) : startWorkerd(name, server, compatibilityDate);
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
    // The other end of the pipe is node-server.ts, which sends its port.
    return serverOf(child, answer[0] as number, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWorkerd(
  name: string,
  server: WorkerdServer,
  compatibilityDate: string,
): Promise<Server> {
  mkdirSync(BUILD_DIRECTORY, { recursive: true });
  const configPath = join(BUILD_DIRECTORY, `${name}.capnp`);
  await writeFile(
    configPath,
    workerdConfig(name, server, await server.modules(), compatibilityDate),
  );
  const storage = await mkdtemp(join(tmpdir(), "signal-manager-bench-"));
  const child = spawn(
    "node_modules/.bin/workerd",
    ["serve", configPath, `--directory-path=storage=${storage}`, "--control-fd=3"],
    { stdio: ["ignore", "inherit", "inherit", "pipe"] },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(storage, { recursive: true, force: true });
  };
  try {
    return serverOf(child, await portOfWorkerd(child), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function serverOf(child: ChildProcess, port: number, stop: () => Promise<void>): Server {
  return {
    url: `ws://127.0.0.1:${port}/`,
    cpuMs: () => cpuMs(child.pid),
    residentBytes: () => residentBytes(child.pid),
    [Symbol.asyncDispose]: stop,
  };
}

/** Storage is on disk, as workerd's in-memory storage loses alarms. */
function workerdConfig(
  name: string,
  { objects, vars = {} }: WorkerdServer,
  modules: Readonly<Record<string, string>>,
  compatibilityDate: string,
): string {
  const embedded = Object.entries(modules).map(
    ([module, path]) =>
      `(name = ${quote(module)}, esModule = embed ${quote(relative(BUILD_DIRECTORY, path))})`,
  );
  const namespaces = Object.values(objects).map(
    (className) =>
      `(className = "${className}", uniqueKey = "${name}-${className}", enableSql = true)`,
  );
  const bindings = [
    ...Object.entries(objects).map(
      ([binding, className]) => `(name = "${binding}", durableObjectNamespace = "${className}")`,
    ),
    ...Object.entries(vars).map(
      ([key, value]) => `(name = ${quote(key)}, json = ${quote(JSON.stringify(value))})`,
    ),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = ${quote(compatibilityDate)},
      modules = [${embedded.join(", ")}],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "storage"),
      bindings = [${bindings.join(", ")}],
    )),
    (name = "storage", disk = (writable = true)),
  ],
  sockets = [(name = "main", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** JSON's escapes are Cap'n Proto's too, all but \\uXXXX, which these strings have no use for. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** What workerd says on its control pipe: one JSON object a line. */
async function portOfWorkerd(child: ChildProcess): Promise<number> {
  // The fourth of `stdio` above is a pipe that the child writes.
  const lines = createInterface({ input: child.stdio[3] as Readable });
  child.once("exit", () => lines.close());
  AbortSignal.timeout(START_TIMEOUT_MS).addEventListener("abort", () => lines.close());
  for await (const line of lines) {
    const message: { event?: unknown; port?: unknown } = JSON.parse(line);
    if (message.event === "listen") return Number(message.port);
  }
  throw new Error("workerd did not start: its own words are above");
}

/** Of this very process: both kinds of server have one. */
function residentBytes(pid: number | undefined): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
}
