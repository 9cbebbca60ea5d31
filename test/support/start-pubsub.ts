/** Pub/Sub for a suite: Google's emulator where its jar is, else the project's fake, with one loud line. */
import { findEmulatorJar, HOW_TO_GET_IT } from "../../scripts/local/pubsub-emulator.ts";
import { PubsubEmulator } from "./pubsub-emulator.ts";
import { FakePubsubServer } from "./pubsub-fake-server.ts";
import type { PubsubServer } from "./pubsub-server.ts";

let isSaid = false;

export async function startPubsub(): Promise<PubsubServer> {
  const jar = findEmulatorJar();
  if (jar !== null) return PubsubEmulator.start(jar);
  if (!isSaid) {
    process.stderr.write(
      "\nSKIPPED: publishing to Google's own Pub/Sub emulator, because it is not here; the suite runs on the project's " +
        `fake instead. To have it: ${HOW_TO_GET_IT}.\n\n`,
    );
  }
  isSaid = true;
  return FakePubsubServer.start();
}
