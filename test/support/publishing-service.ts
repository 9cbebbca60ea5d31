/** A real `npm start` that publishes to Google's emulator, or to the project's fake, and what arrives there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import { issueJwt } from "../../src/auth/jwt.ts";
import { PUBLIC_TOKEN_SECRET } from "../../src/config/cross-checks.ts";
import { clientId } from "./client-ids.ts";
import { frame } from "./frames.ts";
import { NodeClient } from "./node-client.ts";
import { NodeService, type ShellSettings } from "./node-service.ts";
import type { Collector, PubsubServer } from "./pubsub-server.ts";
import { startPubsub } from "./start-pubsub.ts";

export const ADMIN_TOKEN = "the-admin-token-of-the-tests";

export class PublishingService {
  #pubsub: PubsubServer | null = null;
  #stateFolder = "";
  #service: NodeService | null = null;
  #topics = 0;

  /** Starts Pub/Sub for the tests of this file, and stops the service after each. */
  static forThisFile(): PublishingService {
    const publishing = new PublishingService();
    beforeAll(async () => {
      publishing.#pubsub = await startPubsub();
      publishing.#stateFolder = mkdtempSync(join(tmpdir(), "signal-manager-events-"));
    });
    afterEach(async () => {
      await publishing.#service?.stop();
      publishing.#service = null;
    });
    afterAll(async () => {
      await publishing.#pubsub?.stop();
      rmSync(publishing.#stateFolder, { recursive: true, force: true });
    });
    return publishing;
  }

  get pubsub(): PubsubServer {
    if (this.#pubsub === null) throw new Error("Pub/Sub has not started");
    return this.#pubsub;
  }

  /** Starts the service with the storage of this folder. */
  async start(topic: string, folder: string, settings: ShellSettings = {}): Promise<NodeService> {
    const { endpoint, project } = this.pubsub;
    this.#service = await NodeService.start(
      {
        SIGNAL_MANAGER_EVENTS_SINKS: "pubsub",
        SIGNAL_MANAGER_EVENTS_PUBSUB_ENDPOINT: endpoint,
        SIGNAL_MANAGER_EVENTS_PUBSUB_PROJECT: project,
        SIGNAL_MANAGER_EVENTS_PUBSUB_TOPIC: topic,
        SIGNAL_MANAGER_ADMIN_TOKEN: ADMIN_TOKEN,
        ...settings,
      },
      [`--persist-to=${join(this.#stateFolder, folder)}`],
    );
    return this.#service;
  }

  /** A topic of the test's own, and what arrives there. */
  async newTopic(): Promise<{ topic: string; collector: Collector }> {
    this.#topics += 1;
    const topic = `events-${process.pid}-${this.#topics}`;
    return { topic, collector: await this.pubsub.collect(topic) };
  }
}

export function signedToken(id: string): Promise<string> {
  return issueJwt(PUBLIC_TOKEN_SECRET, { clientId: clientId(id) }, 3600, Date.now());
}

/** A client that has its CONNECT_ACK. */
export async function connectWithToken(url: string, id: string): Promise<NodeClient> {
  const client = await NodeClient.open(url);
  const auth_token = await signedToken(id);
  await client.expectAck(frame("CONNECT", { client_id: id, auth_token }));
  return client;
}
