/** The load generator, a process of its own that executes one command at a time. */
import { setTimeout as delay } from "node:timers/promises";
import { issueJwt } from "../../src/auth/jwt.ts";
import { parseClientId } from "../../src/protocol/client-id.ts";
import type { Identity } from "./adapter.ts";
import { ADAPTERS, type AdapterName } from "./adapters.ts";
import { TOKEN_SECRET } from "./adapters/hub.ts";
import { Client, openSocket } from "./client.ts";
import { Latencies } from "./latencies.ts";
import type { Answer, Command, CommandOf, Report } from "./messages.ts";

/** Signals that have not arrived this long after a run are lost. */
const DRAIN_TIMEOUT_MS = 5000;

/** A server that was idle or slept fills its caches again in this time, before the measurement begins. */
const SETTLE_MS = 100;

/** Clients that connect at the same time. */
const OPEN_AT_ONCE = 32;

const BEAT_TIMEOUT_MS = 2000;
const TOKEN_SECONDS = 3600;

/** The ids of clients that connect and leave: enough that an id's last session has ended before its next begins. */
const VISITORS = 2048;

let visitors: readonly Identity[] | undefined;

const latencies = new Latencies();
const clientsOf = new Map<AdapterName, readonly Client[]>();

process.on("message", (command: Command) => {
  handle(command).then(
    (report) => answer({ ok: true, report }),
    (error: unknown) =>
      answer({ ok: false, message: error instanceof Error ? String(error.stack) : String(error) }),
  );
});
process.once("disconnect", () => process.exit());

function answer(message: Answer): void {
  process.send?.(message);
}

function handle(command: Command) {
  switch (command.kind) {
    case "connect":
      return connect(command);
    case "run":
      return run(command);
    case "open":
      return openAndClose(command);
    case "one":
      return one(command);
    case "beat":
      return beat(command);
  }
}

async function connect(command: CommandOf<"connect">): Promise<Report<"connect">> {
  const { client: protocol } = ADAPTERS[command.adapter];
  const identities = await identify(command.prefix, command.clients);
  const clients: Client[] = [];
  let next = 0;
  const open = async (): Promise<void> => {
    for (let at = next++; at < identities.length; at = next++) {
      const self = identities[at];
      // Pairs are 0 and 1, 2 and 3, so the partner's number differs in the last bit.
      const partner = identities[at ^ 1] ?? self;
      if (self === undefined || partner === undefined) return;
      clients[at] = await Client.open(command.url, protocol, self, partner.id, latencies);
    }
  };
  await Promise.all(Array.from({ length: OPEN_AT_ONCE }, open));
  for (const [at, client] of clients.entries()) client.partner = clients[at ^ 1] ?? client;
  clientsOf.set(command.adapter, clients);
  return {};
}

async function run(command: CommandOf<"run">): Promise<Report<"run">> {
  const { adapter, inFlight, burst, durationMs } = command;
  const clients = known(adapter);
  for (const client of clients) client.beat();
  await delay(20);
  const atStart = received(clients);
  for (const client of clients) client.start(inFlight, burst);
  await untilAwake(performance.now() + SETTLE_MS);
  latencies.clear();
  const before = received(clients);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await untilAwake(startedAt + durationMs);
  const signals = received(clients) - before;
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  const percentiles = latencies.percentiles();
  for (const client of clients) client.stop();
  await drain(clients);
  return {
    signals,
    elapsedMs,
    signalsInAll: received(clients) - atStart,
    ...percentiles,
    loadCpuMs: (cpu.user + cpu.system) / 1000,
  };
}

async function openAndClose(command: CommandOf<"open">): Promise<Report<"open">> {
  const { client: protocol } = ADAPTERS[command.adapter];
  visitors ??= await identify("visitor", VISITORS);
  const identities = visitors;
  const startedAt = performance.now();
  const endAt = startedAt + command.durationMs;
  let begun = 0;
  let opened = 0;
  let openedInAll = 0;
  const visit = async (): Promise<void> => {
    while (performance.now() < endAt) {
      const self = identities[begun++ % identities.length];
      if (self === undefined) return;
      const ws = await openSocket(command.url, protocol, self);
      openedInAll += 1;
      if (performance.now() < endAt) opened += 1;
      ws.close(1000);
    }
  };
  await Promise.all(Array.from({ length: command.atOnce }, visit));
  const elapsedMs = Math.min(performance.now(), endAt) - startedAt;
  // The server finishes the last closes before the next measurement begins.
  await delay(300);
  return { opened, elapsedMs, openedInAll };
}

async function one({ adapter }: CommandOf<"one">): Promise<Report<"one">> {
  const [first, second] = known(adapter);
  if (first === undefined || second === undefined) throw new Error("two clients are needed");
  const travel = async (): Promise<number> => {
    const before = second.received;
    const startedAt = performance.now();
    first.start(1, 1);
    first.stop();
    await untilAwake(startedAt + DRAIN_TIMEOUT_MS, () => second.received > before);
    if (second.received === before) {
      throw new Error(first.fault ?? second.fault ?? "the signal is lost");
    }
    return performance.now() - startedAt;
  };
  return { firstMs: await travel(), secondMs: await travel() };
}

async function beat({ adapter }: CommandOf<"beat">): Promise<Report<"beat">> {
  const clients = known(adapter);
  const { client: protocol } = ADAPTERS[adapter];
  if (protocol.beat === undefined) return { sent: 0, answered: 0 };
  const answered = () => clients.reduce((total, client) => total + client.answers, 0);
  const before = answered();
  for (const client of clients) client.beat();
  const endAt = performance.now() + BEAT_TIMEOUT_MS;
  while (answered() - before < clients.length && performance.now() < endAt) await delay(10);
  return { sent: clients.length, answered: answered() - before };
}

function identify(prefix: string, count: number): Promise<Identity[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const clientId = parseClientId(`${prefix}_${number}`);
      if (clientId === null) throw new Error(`not a client id: ${prefix}_${number}`);
      const token = await issueJwt(TOKEN_SECRET, { clientId }, TOKEN_SECONDS, Date.now());
      return { id: clientId, token };
    }),
  );
}

/**
 * Waits without sleeping. A server that finds its reader asleep pays for waking it, and a slow server would find it asleep
 * more often.
 */
async function untilAwake(endMs: number, isOver = () => false): Promise<void> {
  while (performance.now() < endMs && !isOver()) await new Promise(setImmediate);
}

/** @throws if a client saw anything but its partner's signals in order, or if a signal does not arrive. */
async function drain(clients: readonly Client[]): Promise<void> {
  const giveUpAt = performance.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const fault = clients.map((client) => client.fault).find((found) => found !== null);
    if (fault !== undefined) throw new Error(fault);
    const lost = clients.reduce((total, { sent }) => total + sent, 0) - received(clients);
    if (lost === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`${lost} signals are lost`);
    await delay(10);
  }
}

function received(clients: readonly Client[]): number {
  return clients.reduce((total, client) => total + client.received, 0);
}

function known(adapter: AdapterName): readonly Client[] {
  const clients = clientsOf.get(adapter);
  if (clients === undefined) throw new Error(`no clients are connected to ${adapter}`);
  return clients;
}
