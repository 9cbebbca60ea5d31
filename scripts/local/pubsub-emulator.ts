/**
 * Google's Pub/Sub emulator: where its jar is installed, and how java runs it. Java is run directly, since
 * `gcloud beta emulators pubsub start` leaves its java process behind when it ends.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Where the Cloud SDK may be: by its own variable, by the packages of Debian and Fedora, by the installer. */
const SDK_ROOTS = [
  process.env["CLOUDSDK_ROOT_DIR"],
  "/usr/lib/google-cloud-sdk",
  "/usr/lib64/google-cloud-sdk",
  "/usr/local/share/google-cloud-sdk",
  "/opt/homebrew/share/google-cloud-sdk",
  "/snap/google-cloud-cli/current",
  `${process.env["HOME"] ?? ""}/google-cloud-sdk`,
];

const JAR = "platform/pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar";

const POLL_MS = 50;

/** Tells a person how to install it. */
export const HOW_TO_GET_IT =
  "install Java 17 or later and Google's emulator: `gcloud components install pubsub-emulator`, or from Google's apt " +
  "repository (cloud.google.com/sdk/docs/install#deb) `apt-get install google-cloud-cli-pubsub-emulator " +
  "openjdk-17-jre-headless`; or set PUBSUB_EMULATOR_JAR to the path of its jar";

/** null: the emulator is not installed, or java is not. */
export function findEmulatorJar(): string | null {
  const named = process.env["PUBSUB_EMULATOR_JAR"];
  const jar =
    named !== undefined && named !== ""
      ? named
      : SDK_ROOTS.flatMap((root) => (root ? globSync(`${root}/${JAR}`) : []))
          .toSorted()
          .at(-1);
  return jar !== undefined && existsSync(jar) && hasJava() ? jar : null;
}

/** It listens on 127.0.0.1 alone. It keeps everything in memory, and would use all there is without a limit. */
export function emulatorArguments(jar: string, port: number): string[] {
  return [
    "-Xmx128m",
    "-XX:TieredStopAtLevel=1",
    // Without this it logs ten lines per request.
    "-Djava.util.logging.config.file=/dev/null",
    "-jar",
    jar,
    "--host=127.0.0.1",
    `--port=${port}`,
  ];
}

/** Resolves when the emulator answers. @throws if `signal` aborts first. */
export async function untilReady(endpoint: string, signal: AbortSignal): Promise<void> {
  while (!(await isReady(endpoint))) await pause(POLL_MS, undefined, { signal });
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1000) });
    return (await response.text()).startsWith("Ok");
  } catch {
    // It does not listen yet.
    return false;
  }
}

function hasJava(): boolean {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
