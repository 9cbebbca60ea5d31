/** One storage folder and one Pub/Sub that outlive the processes of the service, and everything that happened to them. */
import { expect, onTestFinished, vi } from "vitest";
import type { Workerd } from "../../../bench/workerd.ts";
import type { ReceivedMessage } from "../../../scripts/local/pubsub-rest.ts";
import { NodeClient } from "../../support/node-client.ts";
import { FakePubsubServer } from "../../support/pubsub-fake-server.ts";
import type { Collector } from "../../support/pubsub-server.ts";
import { run, scrape, serviceOf, storageFolder, TOPIC, varsFor, type Version } from "./services.ts";

/** Bounds a hang: waits for alarms of two seconds, and for retries that take some seconds at most. */
const PATIENCE = { timeout: 30_000, interval: 50 };

/** Pub/Sub refuses the events of this client for good, as long as the history says so. */
export const REFUSED = "mallory";

const REFUSAL = {
  isOf: ({ attributes }: { readonly attributes?: unknown }) =>
    (attributes as Readonly<Record<string, unknown>> | undefined)?.["client_id"] === REFUSED,
  error: { code: 400, status: "INVALID_ARGUMENT", message: "One or more messages are invalid." },
};

export class History {
  /** Ids of the events that the log has, in the order of their lines. */
  readonly logged: string[] = [];
  /** Sessions that began, in all processes together. */
  sessions = 0;
  readonly #storage = storageFolder();
  readonly #pubsub: FakePubsubServer;
  readonly #collector: Collector;

  private constructor(pubsub: FakePubsubServer, collector: Collector) {
    this.#pubsub = pubsub;
    this.#collector = collector;
  }

  static async begin(): Promise<History> {
    const pubsub = await FakePubsubServer.start();
    onTestFinished(() => pubsub.stop());
    const history = new History(pubsub, await pubsub.collect(TOPIC));
    history.refuses(true);
    return history;
  }

  get received(): readonly ReceivedMessage[] {
    return this.#collector.received;
  }

  /** Starts a version of the service on the storage. */
  async start(version: Version): Promise<Workerd> {
    const service = await serviceOf(version, { name: "main", vars: varsFor(this.#pubsub) });
    return run([service], this.#storage, (line) => this.#readLine(line));
  }

  async connect(url: string, id: string): Promise<NodeClient> {
    this.sessions += 1;
    return NodeClient.connectAs(`${url}?client_id=${id}`, id);
  }

  /** A session that begins and ends. */
  async visit(url: string, id: string): Promise<void> {
    const client = await this.connect(url, id);
    client.close(1000);
    await client.closed;
  }

  refuses(isRefused: boolean): void {
    this.#pubsub.fake.refuse(isRefused ? REFUSAL : null);
  }

  pubsubGoesAway(): Promise<void> {
    return this.#pubsub.kill();
  }

  pubsubComesBack(): Promise<void> {
    return this.#pubsub.comeBack();
  }

  receives(isEnough: (received: readonly ReceivedMessage[]) => boolean): Promise<void> {
    return this.#collector.until(isEnough, PATIENCE.timeout);
  }

  #readLine(line: string): void {
    const json = line.slice(line.indexOf("{"));
    if (!json.includes('"client.')) return;
    const { id, type } = JSON.parse(json);
    if (typeof id === "string" && String(type).startsWith("client.")) this.logged.push(id);
  }
}

/** Waits until `/metrics` shows what is wanted of one series. @throws with its last value. */
export async function untilMetric(
  url: string,
  series: string,
  isWanted: (value: number) => boolean,
): Promise<void> {
  await vi.waitFor(async () => {
    const value = (await scrape(url)).get(series);
    expect(value, series).toSatisfy((found: number | undefined) => isWanted(found ?? Number.NaN));
  }, PATIENCE);
}
