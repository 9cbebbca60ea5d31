/**
 * Google's Pub/Sub emulator as it is installed: where its jar is, and how java starts it. Started directly, since
 * `gcloud beta emulators pubsub start` leaves its java behind when it is ended.
 */
import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** Where the Cloud SDK is: by its own variable, by Debian's and Fedora's packages, by the installer. */
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

/** What to do where it is not: for a person. */
export const HOW_TO_GET_IT =
  "install Java 17 or later and Google's emulator: `gcloud components install pubsub-emulator`, or from Google's apt " +
  "repository (cloud.google.com/sdk/docs/install#deb) `apt-get install google-cloud-cli-pubsub-emulator " +
  "openjdk-17-jre-headless`; or set PUBSUB_EMULATOR_JAR to the path of its jar";

/** null: it is not here, or there is no java. */
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

/** It listens on 127.0.0.1 alone. It keeps everything in memory, of which it would take as much as there is. */
export function emulatorArguments(jar: string, port: number): string[] {
  return [
    "-Xmx128m",
    "-XX:TieredStopAtLevel=1",
    // Without it, ten lines a request.
    "-Djava.util.logging.config.file=/dev/null",
    "-jar",
    jar,
    "--host=127.0.0.1",
    `--port=${port}`,
  ];
}

/** Resolves when it answers. @throws if `signal` aborts first. */
export async function untilReady(endpoint: string, signal: AbortSignal): Promise<void> {
  while (!(await isReady(endpoint))) await pause(POLL_MS, undefined, { signal });
}

async function isReady(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(1000) });
    return (await response.text()).startsWith("Ok");
  } catch {
    // Not yet.
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
