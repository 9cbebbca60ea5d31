/**
 * Thousands of clients that are connected and silent: the memory that each costs, the time to the first signal where the
 * server has gone to sleep meanwhile, and whether keeping alive wakes it.
 */
import { setTimeout as delay } from "node:timers/promises";
import { ADAPTERS } from "./adapters.ts";
import { startLoad, type LoadProcess } from "./load-process.ts";
import { startServer, type Server } from "./server.ts";

/** Servers on workerd sleep, those on Node do not. The hub with its counters stands for the hub. */
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
  /** First signals after a sleep. */
  readonly sleeps: number;
}

export interface IdleResult {
  readonly bytesAConnection: Readonly<Record<Idle, number>>;
  /** Of those that sleep. */
  readonly wakes: readonly Wake[];
  readonly keepAlive: KeepAlive;
}

export interface Wake {
  readonly adapter: Idle;
  /** From `send` to the arrival at the partner, the server asleep. */
  readonly firstMs: number;
  /** The one after it. */
  readonly awakeMs: number;
}

export interface KeepAlive {
  /** `ping`s that were sent to the sleeping hub, and answered. */
  readonly sent: number;
  readonly answered: number;
  /** Starts of the hub by them. */
  readonly starts: number;
  /** Starts of the hub by one signal after it: what the counter shows where there is something to count. */
  readonly startsByASignal: number;
}

/** Loaded, but with next to nobody: what a server takes for itself. */
const FIRST_CLIENTS = 10;

/**
 * workerd lets an object sleep after ten seconds without an event. The hub has one more, its alarm: ten seconds after the
 * last client came, five after a signal.
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
    // One entry a name.
    bytesAConnection: Object.fromEntries(bytes) as Record<Idle, number>,
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

/** @throws if the hub is found awake again and again: its alarm may have woken it just now, but not each time. */
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

/** Lets servers sleep whose clients stay connected. */
async function rest(running: ReadonlyMap<Idle, Running>, ms: number): Promise<void> {
  await delay(ms);
  await beatAll(running);
}

/** What keeps clients connected, where a server wants it: all of it is less than a minute and a half apart. */
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
  // The hub's alarm may have gone off meanwhile; what pings do, they do each time.
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
  /** Calls from hub to hub, and the signals in them. */
  readonly calls: number;
  readonly signals: number;
}

/** Of a hub with counters. */
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
  if (found === undefined) throw new Error(`${name} does not run`);
  return found;
}
