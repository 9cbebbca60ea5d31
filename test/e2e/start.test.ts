/** `npm start` itself: what it refuses, how it passes on settings, how it ends, and what it leaves behind. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { fixedPort } from "../support/fixed-port.ts";
import { frame, uuid } from "../support/frames.ts";
import { idOf, NodeClient } from "../support/node-client.ts";
import { NodeService, npm, type ShellSettings } from "../support/node-service.ts";

async function start(settings: ShellSettings = {}, args: string[] = []): Promise<NodeService> {
  const service = await NodeService.start(settings, args);
  onTestFinished(() => service.processes.end("SIGKILL"));
  return service;
}

async function refused(settings: ShellSettings, args: string[] = []): Promise<string> {
  const run = npm(["start", "--", ...args], settings);
  onTestFinished(() => run.end("SIGKILL"));
  expect(await run.exitCode).toBe(1);
  expect(run.stdout).not.toContain("listens");
  return run.stderr;
}

describe("npm start refuses to start", () => {
  it("with a wrong configuration, and reports every fault", async () => {
    const complaint = await refused({
      SIGNAL_MANAGER_SERVER_PORT: "eighty",
      SIGNAL_MANAGER_LOGGING_LEVEL: "loud",
      SIGNAL_MANAGER_AUTH_TOKEN_SECERT: "x",
    });
    expect(complaint).toMatch(/SIGNAL_MANAGER_SERVER_PORT must be a whole number .*"eighty"/);
    expect(complaint).toMatch(/SIGNAL_MANAGER_LOGGING_LEVEL must be one of .*"loud"/);
    expect(complaint).toMatch(/SIGNAL_MANAGER_AUTH_TOKEN_SECERT is not a known key/);
  });

  it("with a missing certificate, an option that is a setting, and a value that wrangler cannot take", async () => {
    const complaint = await refused(
      {
        SIGNAL_MANAGER_SERVER_TLS_ENABLED: "true",
        SIGNAL_MANAGER_SERVER_TLS_CERT_PATH: "absent-certificate.pem",
        SIGNAL_MANAGER_SERVER_TLS_KEY_PATH: "absent-key.pem",
        SIGNAL_MANAGER_AUTH_TOKEN_SECRET: "all ' of \" these `",
      },
      ["--port", "9000"],
    );
    expect(complaint).toContain("absent-certificate.pem");
    expect(complaint).toContain("absent-key.pem");
    expect(complaint).toContain("--port is a setting here");
    expect(complaint).toContain("SIGNAL_MANAGER_AUTH_TOKEN_SECRET cannot be handed");
    expect(complaint).not.toContain("all ' of");
  });

  it("on a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    // A listening TCP server has an address with a port.
    const { port } = other.address() as AddressInfo;
    expect(await refused({ SIGNAL_MANAGER_SERVER_PORT: String(port) })).toContain(
      `Port ${port} of 127.0.0.1 is taken`,
    );
  });
});

describe("npm start hands over the settings", () => {
  const token = String.raw`it's "$HOME ${"${HOME}"} #1 \$ \n\ `.trim();
  const secret = "a-secret-of-the-shell-that-nobody-sees";
  let service: NodeService;

  beforeAll(async () => {
    service = await NodeService.start({
      SIGNAL_MANAGER_AUTH_API_KEYS: JSON.stringify([`x:${token}`]),
      SIGNAL_MANAGER_AUTH_TOKEN_SECRET: secret,
    });
  });
  afterAll(() => service?.stop());

  it("intact, whatever their characters", async () => {
    const client = await NodeClient.open(service.url);
    await client.expectAck(frame("CONNECT", { client_id: "x", auth_token: token }));
  });

  it("so that no other user of the machine can read them, and only while it runs", async () => {
    const ownFolder = join(process.cwd(), ".wrangler", "start");
    const commandLines = service.processes.members();
    expect(commandLines.join("\n")).toContain("workerd");
    expect(commandLines.join("\n")).not.toContain(secret);
    expect(service.processes.stdout + service.processes.stderr).not.toContain(secret);

    const [, pid = ""] = commandLines.join("\n").match(/\.wrangler\/start\/(\d+)\//) ?? [];
    expect(statSync(join(ownFolder, pid, "settings.env")).mode & 0o777).toBe(0o600);
    await service.stop();
    expect(readdirSync(ownFolder)).not.toContain(pid);
  });
});

describe("npm start ends with all of its processes", () => {
  it.each([
    ["a SIGTERM to all of them", "SIGTERM"],
    ["Ctrl-C", "SIGINT"],
    ["the end of its terminal", "SIGHUP"],
  ] as const)("on %s, and reports no error", async (_, signal) => {
    const { processes } = await start();
    await processes.end(signal);
    expect(processes.members()).toEqual([]);
    expect(processes.stderr).not.toMatch(/error/i);
  });

  it("on a SIGTERM to npm alone, which npm does not pass on", async () => {
    const { processes } = await start();
    processes.signalLeader("SIGTERM");
    await processes.ended;
    expect(processes.members()).toEqual([]);
  });
});

describe("npm start ends with an error that says what to do, and with all of its processes,", () => {
  it.each([
    [
      "when the process of the runtime that answers the port dies",
      /workerd serve .*=entry=127\.0\.0\.1:PORT /,
    ],
    ["when wrangler is killed", /wrangler-dist\/cli\.js dev/],
  ])("%s", async (_, pattern) => {
    const port = String(await fixedPort());
    const { processes } = await start({ SIGNAL_MANAGER_SERVER_PORT: port });
    // Whoever looks once in a while has to have seen what runs.
    await pause(3000);
    expect(processes.kill(new RegExp(pattern.source.replace("PORT", port)))).toBe(1);
    expect(await processes.exitCode).toBe(1);
    expect(processes.stderr).toMatch(/Signal Manager stopped: .*npm start/);
    await processes.ended;
    expect(processes.members()).toEqual([]);
  });

  it("but not when wrangler can start another process of the hubs, which then answers", async () => {
    const port = String(await fixedPort());
    const service = await start({ SIGNAL_MANAGER_SERVER_PORT: port });
    await pause(3000);
    const notTheEntry = new RegExp(`workerd serve (?!.*=entry=127\\.0\\.0\\.1:${port} )`);
    expect(service.processes.kill(notTheEntry)).toBe(1);
    await service.processes.printed(/crashed unexpectedly/);
    await vi.waitUntil(
      async () => (await service.fetch("/health").catch(() => null))?.status === 200,
      { timeout: 60_000, interval: 200 },
    );
    await NodeClient.connect(service.url, 1);
  });
});

describe("two services of one checkout", () => {
  it("run side by side, each with its own sessions", async () => {
    const services = await Promise.all([start(), start()]);
    const clients = await Promise.all(services.map(({ url }) => NodeClient.connect(url, 1)));
    for (const client of clients) client.send("ping");
    for (const client of clients) expect(await client.next()).toBe("pong");
  });
});

describe("a service that was killed and starts again with its state", () => {
  it("[SE5] accepts clients again, and ends the sessions from before as lost", async () => {
    const state = mkdtempSync(join(tmpdir(), "hub-state-"));
    onTestFinished(() => rmSync(state, { recursive: true, force: true }));
    const before = await start({}, ["--persist-to", state]);
    const lost = await Promise.all([1, 2] as const).then((all) =>
      Promise.all(all.map((known) => NodeClient.connect(before.url, known))),
    );
    await before.processes.end("SIGKILL");
    for (const client of lost) expect(await client.closed).toMatchObject({ code: 1006 });

    const after = await start({}, ["--persist-to", state]);
    const one = await NodeClient.connect(after.url, 1);
    await after.processes.printed(/"session\.ended".*"test_client_1".*"lost"/);
    one.send(frame("SIGNAL_OFFER", { target_client_id: idOf(2), signal_data: "sdp" }, uuid(1)));
    expect(await one.next()).toMatchObject({ type: "ERROR", payload: { error_code: 404 } });
    const two = await NodeClient.connect(after.url, 2);
    one.send(frame("SIGNAL_OFFER", { target_client_id: idOf(2), signal_data: "sdp" }, uuid(2)));
    expect(await two.next()).toMatchObject({ type: "SIGNAL_OFFER", uuid: uuid(2) });
  });
});
