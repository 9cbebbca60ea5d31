/**
 * Thousands of clients that are connected and silent: the memory that each costs, the time of the first signal after the
 * server has gone to sleep, and whether keep-alive messages wake it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ADAPTERS } from "./adapters.ts";
import { startLoad, type LoadProcess } from "./load-process.ts";
import { startServer, type Server } from "./server.ts";

/** Servers on workerd sleep; those on Node do not. The hub runs with its counters. */
export const IDLE = [
  "counted-hub",
  "control",
  "partyserver",
  "peerjs",
  "socket-io",
  "ws-relay",
] as const;

export type Idle = (typeof IDLE)[number];

export interface IdleLoad {
  readonly connections: number;
  /** How often each server sleeps and gets a first signal. */
  readonly sleeps: number;
}

export interface IdleResult {
  readonly bytesPerConnection: Readonly<Record<Idle, number>>;
  /** Only of servers that sleep. */
  readonly wakes: readonly Wake[];
  readonly keepAlive: KeepAlive;
}

export interface Wake {
  readonly adapter: Idle;
  /** From `send` to the arrival at the partner, while the server sleeps. */
  readonly firstMs: number;
  /** The same for the signal after it. */
  readonly awakeMs: number;
}

export interface KeepAlive {
  /** Texts `ping` that were sent to the sleeping hub, and how many of them were answered. */
  readonly sent: number;
  readonly answered: number;
  /** How often these texts started the hub. */
  readonly starts: number;
  /** How often one signal after them started the hub: it shows that the counter counts. */
  readonly startsByASignal: number;
}

/** With these clients a server has loaded its code, and holds the memory that it needs for itself. */
const FIRST_CLIENTS = 10;

/**
 * workerd puts an object to sleep after ten seconds without an event. The hub has one more event, its alarm: ten seconds
 * after the last client connected, and five seconds after a signal.
 */
const SLEEP_MS = { connected: 22_000, signalled: 17_000 };

const MAX_TRIES = 5;

interface Running {
  readonly server: Server;
  readonly load: LoadProcess;
}

export async function runIdle(idle: IdleLoad): Promise<IdleResult> {
  await using stack = new AsyncDisposableStack();
  const running = new Map<Idle, Running>();
  const before = new Map<Idle, number>();
  for (const name of IDLE) {
    const server = stack.use(await startServer(name));
    const load = stack.use(startLoad());
    running.set(name, { server, load });
    const connect = (prefix: string, clients: number) =>
      load.ask({ kind: "connect", adapter: name, url: server.url, prefix, clients });
    await connect("first", FIRST_CLIENTS);
    await delay(500);
    before.set(name, server.residentBytes());
    await connect("idle", idle.connections);
    await beatAll(running);
  }
  await rest(running, SLEEP_MS.connected);
  const bytes = IDLE.map((name): [Idle, number] => {
    const grown = serverOf(running, name).residentBytes() - (before.get(name) ?? 0);
    return [name, grown / idle.connections];
  });
  const wakes = await wakeAll(running, idle.sleeps);
  return {
    // One entry per name.
    bytesPerConnection: Object.fromEntries(bytes) as Record<Idle, number>,
    wakes,
    keepAlive: await keepAlive(running),
  };
}

async function wakeAll(running: ReadonlyMap<Idle, Running>, sleeps: number): Promise<Wake[]> {
  const wakes: Wake[] = [];
  const sleepers = IDLE.filter((name) => ADAPTERS[name].server.kind === "workerd");
  for (let sleep = 0; sleep < sleeps; sleep += 1) {
    for (const adapter of sleepers) wakes.push(await wake(running, adapter));
    await rest(running, SLEEP_MS.signalled);
  }
  return wakes;
}

/** @throws if the hub is awake at every try. Its alarm may have woken it just before one of them, but not before each. */
async function wake(running: ReadonlyMap<Idle, Running>, adapter: Idle): Promise<Wake> {
  const { load, server } = runningOf(running, adapter);
  const starts = async () => (adapter === "counted-hub" ? (await countsOf(server)).starts : null);
  for (let left = MAX_TRIES; left > 0; left -= 1) {
    const before = await starts();
    const { firstMs, secondMs } = await load.ask({ kind: "one", adapter });
    const after = await starts();
    if (before === null || before !== after) return { adapter, firstMs, awakeMs: secondMs };
    await rest(running, SLEEP_MS.signalled);
  }
  throw new Error(`${ADAPTERS[adapter].title} did not sleep`);
}

/** Waits until the servers sleep, and keeps their clients connected. */
async function rest(running: ReadonlyMap<Idle, Running>, ms: number): Promise<void> {
  await delay(ms);
  await beatAll(running);
}

/** Sends what keeps the clients connected. Calls are less than a minute and a half apart, which every server accepts. */
async function beatAll(running: ReadonlyMap<Idle, Running>): Promise<void> {
  const beats = Array.from(running, ([adapter, { load }]) => load.ask({ kind: "beat", adapter }));
  await Promise.all(beats);
}

async function keepAlive(running: ReadonlyMap<Idle, Running>): Promise<KeepAlive> {
  const { load, server } = runningOf(running, "counted-hub");
  const starts = async () => (await countsOf(server)).starts;
  const pinged = async () => {
    const before = await starts();
    const { sent, answered } = await load.ask({ kind: "beat", adapter: "counted-hub" });
    return { sent, answered, starts: (await starts()) - before };
  };
  let result = await pinged();
  // The hub's alarm may have started it meanwhile. If pings started it, they would do so at every try.
  for (let left = MAX_TRIES; left > 1 && result.starts > 0; left -= 1) {
    await rest(running, SLEEP_MS.signalled);
    result = await pinged();
  }
  const before = await starts();
  await load.ask({ kind: "one", adapter: "counted-hub" });
  return { ...result, startsByASignal: (await starts()) - before };
}

export interface Counts {
  readonly starts: number;
  /** Calls from hub to hub, and how many signals they carried. */
  readonly calls: number;
  readonly signals: number;
}

/** The counters of a hub that has them. */
export async function countsOf(server: Server): Promise<Counts> {
  const url = new URL("/bench/counts", server.url.replace(/^ws/, "http"));
  // counted-hub.js answers it.
  return (await (await fetch(url)).json()) as Counts;
}

function serverOf(running: ReadonlyMap<Idle, Running>, name: Idle): Server {
  return runningOf(running, name).server;
}

function runningOf(running: ReadonlyMap<Idle, Running>, name: Idle): Running {
  const found = running.get(name);
  if (found === undefined) throw new Error(`${name} is not running`);
  return found;
}
