/** `npm run pubsub`, as a person runs it: what it prints, and that it leaves no process behind. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { findEmulatorJar } from "../../scripts/local/pubsub-emulator.ts";
import { createPublish } from "../../src/events/sinks/pubsub/publisher.ts";
import { someMessages } from "../support/events.ts";
import { NodeClient } from "../support/node-client.ts";
import { NodeService, npm } from "../support/node-service.ts";
import { after } from "../../src/worker/timer.ts";

async function takePort(): Promise<{ port: number; giveBack: () => Promise<unknown> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const closed = once(server, "close");
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    giveBack: () => {
      server.close();
      return closed;
    },
  };
}

async function run(options: readonly string[]) {
  const { port, giveBack } = await takePort();
  await giveBack();
  const processes = npm(["run", "pubsub", "--", "--port", String(port), ...options]);
  onTestFinished(() => processes.end("SIGKILL"));
  return { port, processes };
}

describe("npm run pubsub", () => {
  const fake = { kind: "the fake", options: ["--fake"] };
  const emulator = { kind: "the emulator", options: [] };
  const kinds = findEmulatorJar() === null ? [fake] : [emulator, fake];

  it.each(kinds)(
    "prints what to export, then the events that arrive: $kind",
    async ({ kind, options }) => {
      const { port, processes } = await run(options);
      await processes.printed(/Ctrl-C ends it all/);
      const shown = (name: string) =>
        new RegExp(`export SIGNAL_MANAGER_EVENTS_${name}=(\\S+)`).exec(processes.stdout)?.[1] ?? "";
      expect(shown("PUBSUB_ENDPOINT")).toBe(`http://127.0.0.1:${port}`);
      expect(processes.stdout.includes("NOT Google's emulator")).toBe(kind === fake.kind);
      const publish = createPublish(
        {
          endpoint: shown("PUBSUB_ENDPOINT"),
          project: shown("PUBSUB_PROJECT"),
          topic: shown("PUBSUB_TOPIC"),
          auth: "jwt",
          serviceAccount: null,
          tokenUrl: "",
          timeoutMs: 10_000,
        },
        { fetch, after, now: Date.now },
      );
      expect(await publish(someMessages(3))).toEqual({ kind: "published" });
      await processes.printed(/client-3/);
      const lines = processes.stdout.match(/client\.connected hub="main" sequence=\d+/g);
      expect(lines?.map((line) => line.slice(-1))).toEqual(["1", "2", "3"]);
    },
  );

  it("shows the session of a client of an npm start that got the printed settings", async () => {
    const { processes } = await run([]);
    await processes.printed(/Ctrl-C ends it all/);
    const lines = processes.stdout.matchAll(/^ *export (SIGNAL_MANAGER_\w+)=(\S+)$/gm);
    const exported = Object.fromEntries(Array.from(lines, ([, name, value]) => [name, value]));
    const service = await NodeService.start(exported);
    onTestFinished(() => service.processes.end("SIGKILL"));
    await NodeClient.connect(service.url, 1);
    await processes.printed(/client\.connected .*"client_id":"test_client_1"/);
  });

  it.each(kinds)("ends with everything it started: $kind", async ({ options }) => {
    const { processes } = await run(options);
    await processes.printed(/Ctrl-C ends it all/);
    processes.signalLeader("SIGTERM");
    await processes.ended;
    expect(processes.members()).toEqual([]);
  });

  it("suggests another port if its own is taken", async () => {
    const { port, giveBack } = await takePort();
    onTestFinished(async () => void (await giveBack()));
    const processes = npm(["run", "pubsub", "--", "--port", String(port)]);
    onTestFinished(() => processes.end("SIGKILL"));
    expect(await processes.exitCode).toBe(1);
    expect(processes.stderr).toContain(`--port ${port + 1}`);
  });
});
