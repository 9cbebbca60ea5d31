/** The fake behind the interface that the emulator has as well. What only the fake can do is in `fake`. */
import { setTimeout as pause } from "node:timers/promises";
import { PubsubRest } from "../../scripts/local/pubsub-rest.ts";
import type { BearerSettings } from "../../scripts/local/fake-pubsub/bearer.ts";
import { FakePubsub } from "../../scripts/local/fake-pubsub.ts";
import { Collection } from "./pubsub-collection.ts";
import type { Collector, PubsubServer } from "./pubsub-server.ts";

const POLL_MS = 20;

export class FakePubsubServer implements PubsubServer {
  readonly kind = "fake";
  readonly project = "demo";
  readonly fake: FakePubsub;
  readonly #stopping = new AbortController();
  readonly #collecting: Promise<void>[] = [];

  private constructor(fake: FakePubsub) {
    this.fake = fake;
  }

  static async start(bearer: BearerSettings | null = null): Promise<FakePubsubServer> {
    return new FakePubsubServer(await FakePubsub.start(bearer));
  }

  get endpoint(): string {
    return this.fake.endpoint;
  }

  async collect(topic: string): Promise<Collector> {
    const name = `${topic}-collector`;
    const rest = new PubsubRest(this.endpoint, this.project);
    await rest.create(topic, name);
    const collection = new Collection();
    this.#collecting.push(this.#poll(rest, name, collection));
    return collection;
  }

  kill(): Promise<void> {
    return this.fake.goAway();
  }

  comeBack(): Promise<void> {
    return this.fake.comeBack();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#collecting);
    await this.fake.goAway();
  }

  async #poll(rest: PubsubRest, name: string, collection: Collection): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        for (const message of await rest.take(name)) collection.add(message);
      } catch {
        // The fake is away. It comes back, or `until` names what is missing.
      }
      await pause(POLL_MS);
    }
  }
}
