/**
 * The load generator, a process of its own. Clients in pairs signal each other through one of the servers. Each keeps a
 * window of signals in flight: when a frame arrives, it sends the next.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ConnectCommand, LoadCommand, LoadReport, RunCommand } from "./load-messages.ts";
import { PairedClient } from "./paired-client.ts";
import type { Side } from "./sides.ts";

/** Frames that have not arrived this long after a run are lost. */
const DRAIN_TIMEOUT_MS = 5000;

const clientsBySide = new Map<Side, readonly PairedClient[]>();

process.on("message", (command: LoadCommand) => {
  handle(command).then(report, (error: unknown) => {
    report({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
});

function report(message: LoadReport): void {
  process.send?.(message);
}

async function handle(command: LoadCommand): Promise<LoadReport> {
  return command.kind === "connect" ? connect(command) : run(command);
}

async function connect(command: ConnectCommand): Promise<LoadReport> {
  const numbers = Array.from({ length: command.clients }, (_, number) => number);
  const clients = await Promise.all(numbers.map((number) => PairedClient.open(command, number)));
  clientsBySide.set(command.side, clients);
  return { kind: "connected" };
}

async function run({ side, window, durationMs }: RunCommand): Promise<LoadReport> {
  const clients = clientsBySide.get(side) ?? [];
  const before = received(clients);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  for (const client of clients) client.start(window);
  await untilAwake(startedAt + durationMs);
  const frames = received(clients) - before;
  const elapsedMs = performance.now() - startedAt;
  const cpu = process.cpuUsage(cpuBefore);
  for (const client of clients) client.stop();
  await drain(clients);
  return {
    kind: "ran",
    frames,
    elapsedMs,
    framesWithDrain: received(clients) - before,
    loadCpuMs: (cpu.user + cpu.system) / 1000,
  };
}

/**
 * Waits without sleeping. A relay that finds its reader asleep pays for waking it, and a slow relay would find it asleep
 * more often.
 */
async function untilAwake(endMs: number): Promise<void> {
  while (performance.now() < endMs) await new Promise(setImmediate);
}

/** @throws if a client saw anything but its partner's signals in order, or if a frame does not arrive. */
async function drain(clients: readonly PairedClient[]): Promise<void> {
  const giveUpAt = performance.now() + DRAIN_TIMEOUT_MS;
  for (;;) {
    const fault = clients.map((client) => client.fault).find((found) => found !== null);
    if (fault !== undefined) throw new Error(fault);
    const lost = sent(clients) - received(clients);
    if (lost === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`${lost} frames are lost`);
    await delay(10);
  }
}

function sent(clients: readonly PairedClient[]): number {
  return clients.reduce((total, client) => total + client.sent, 0);
}

function received(clients: readonly PairedClient[]): number {
  return clients.reduce((total, client) => total + client.received, 0);
}
