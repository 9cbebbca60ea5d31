/**
 * `npm run pubsub`: runs Pub/Sub on this machine for local development, with a topic and a subscription, and prints every
 * event that arrives as a line. Options after `--`: `--port N` (8085); `--fake` uses the project's fake even if the emulator
 * is installed.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { FakePubsub } from "./local/fake-pubsub.ts";
import { findListenFault } from "./local/listen-check.ts";
import {
  emulatorArguments,
  findEmulatorJar,
  HOW_TO_GET_IT,
  untilReady,
} from "./local/pubsub-emulator.ts";
import { eventLine, welcome } from "./local/pubsub-lines.ts";
import { PubsubRest } from "./local/pubsub-rest.ts";
import { onStopRequest } from "./local/stop-request.ts";

/** The port at which Google's tools expect the emulator. */
const DEFAULT_PORT = 8085;
const PROJECT = "demo";
const TOPIC = "signal-events";
const SUBSCRIPTION = "signal-events-printed";

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 200;

async function main(args: string[]): Promise<void> {
  const request = readRequest(args);
  if (typeof request === "string") return stop(2, request);
  const { port, isFake } = request;
  if ((await findListenFault("127.0.0.1", port)) !== null) {
    return stop(
      1,
      `Port ${port} is not available. Try another one: \`npm run pubsub -- --port ${port + 1}\``,
    );
  }
  onStopRequest(() => process.exit(0));
  const jar = isFake ? null : findEmulatorJar();
  if (jar === null && !isFake) {
    console.error(`Google's Pub/Sub emulator is not installed. To install it, ${HOW_TO_GET_IT}.\n`);
  }
  const endpoint = `http://127.0.0.1:${port}`;
  if (jar === null) await FakePubsub.start(null, port);
  else await startEmulator(jar, port, endpoint);
  const rest = new PubsubRest(endpoint, PROJECT);
  await rest.create(TOPIC, SUBSCRIPTION);
  console.log(
    welcome({ endpoint, project: PROJECT, topic: TOPIC, kind: jar ? "emulator" : "fake" }),
  );
  for (;;) {
    for (const message of await rest.take(SUBSCRIPTION)) console.log(eventLine(message));
    await pause(POLL_MS);
  }
}

/** The parsed options, or a sentence about what is wrong with them. */
function readRequest(args: string[]): { port: number; isFake: boolean } | string {
  try {
    const { values } = parseArgs({
      args,
      options: { port: { type: "string" }, fake: { type: "boolean" } },
    });
    const port = Number(values.port ?? DEFAULT_PORT);
    const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
    return isPort ? { port, isFake: values.fake === true } : "--port must be from 1 to 65535";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Java and this process end together. */
async function startEmulator(jar: string, port: number, endpoint: string): Promise<void> {
  const java = spawn("java", emulatorArguments(jar, port), { stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  java.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  // It keeps nothing on disk, so a clean end is not needed.
  process.on("exit", () => java.kill("SIGKILL"));
  java.on("exit", (code) => {
    console.error(`The emulator ended with ${code}.\n${complaints}`);
    process.exit(1);
  });
  await untilReady(endpoint, AbortSignal.timeout(READY_TIMEOUT_MS));
}

function stop(exitCode: 1 | 2, message: string): void {
  console.error(message);
  process.exitCode = exitCode;
}

await main(process.argv.slice(2));
