/** Pub/Sub for a suite: Google's emulator if its jar is installed, otherwise the project's fake, with one loud line. */
import { findEmulatorJar, HOW_TO_GET_IT } from "../../scripts/local/pubsub-emulator.ts";
import { PubsubEmulator } from "./pubsub-emulator.ts";
import { FakePubsubServer } from "./pubsub-fake-server.ts";
import type { PubsubServer } from "./pubsub-server.ts";

let isAnnounced = false;

export async function startPubsub(): Promise<PubsubServer> {
  const jar = findEmulatorJar();
  if (jar !== null) return PubsubEmulator.start(jar);
  if (!isAnnounced) {
    process.stderr.write(
      "\nSKIPPED: publishing to Google's own Pub/Sub emulator, because it is not installed. The suite runs on the " +
        `project's fake instead. To install it: ${HOW_TO_GET_IT}.\n\n`,
    );
  }
  isAnnounced = true;
  return FakePubsubServer.start();
}
