/** Google's emulator, and Google's own client, which receives from it by StreamingPull over gRPC. */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { PubSub, type Message } from "@google-cloud/pubsub";
import { PassThroughClient } from "google-auth-library";
import { emulatorArguments, untilReady } from "../../scripts/local/pubsub-emulator.ts";
import { PubsubRest } from "../../scripts/local/pubsub-rest.ts";
import { ProcessGroup } from "./process-group.ts";
import { Collection } from "./pubsub-collection.ts";
import type { Collector, PubsubServer } from "./pubsub-server.ts";
import { TcpGate } from "./tcp-gate.ts";

const PROJECT = "demo";

/** Only bounds a hang: starting takes one or two seconds, on a busy machine more. */
const READY_TIMEOUT_MS = 60_000;

/** After this time nothing that the emulator accepted is still on its way to the client. */
const QUIET_MS = 1000;

interface Subscriber {
  readonly topic: string;
  readonly collection: Collection;
}

export class PubsubEmulator implements PubsubServer {
  readonly kind = "emulator";
  readonly project = PROJECT;
  readonly #jar: string;
  /** Java's own port, which the client uses. Publishers come through the gate. */
  readonly #port: number;
  readonly #gate: TcpGate;
  readonly #subscribers: Subscriber[] = [];
  #java: ProcessGroup | null = null;
  #closeClients: (() => Promise<void>)[] = [];

  private constructor(jar: string, port: number, gate: TcpGate) {
    this.#jar = jar;
    this.#port = port;
    this.#gate = gate;
  }

  static async start(jar: string): Promise<PubsubEmulator> {
    const port = await freePort();
    const emulator = new PubsubEmulator(jar, port, await TcpGate.open(port));
    await emulator.#run();
    return emulator;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#gate.port}`;
  }

  async collect(topic: string): Promise<Collector> {
    const subscriber = { topic, collection: new Collection() };
    this.#subscribers.push(subscriber);
    await this.#subscribe(subscriber);
    return subscriber.collection;
  }

  async kill(): Promise<void> {
    await this.#gate.shut();
    await Promise.all(this.#subscribers.map(({ collection }) => collection.settled(QUIET_MS)));
    // The client first: without its server it would try to reconnect for ever.
    await this.#close();
    await this.#java?.end("SIGKILL");
    this.#java = null;
  }

  async comeBack(): Promise<void> {
    await this.#run();
    for (const subscriber of this.#subscribers) await this.#subscribe(subscriber);
    await this.#gate.reopen();
  }

  async stop(): Promise<void> {
    await this.#gate.shut();
    await this.#close();
    await this.#java?.end("SIGKILL");
    this.#java = null;
  }

  async #run(): Promise<void> {
    this.#java = new ProcessGroup("java", emulatorArguments(this.#jar, this.#port), process.env);
    const ended = this.#java.exitCode.then((code) => {
      throw new Error(`the emulator ended with ${code}: ${this.#java?.stderr ?? ""}`);
    });
    // Once it was ready, only a test ends it.
    ended.catch(() => undefined);
    const ready = untilReady(this.#direct(), AbortSignal.timeout(READY_TIMEOUT_MS));
    await Promise.race([ready, ended]);
  }

  async #subscribe({ topic, collection }: Subscriber): Promise<void> {
    const name = `${topic}-collector`;
    await new PubsubRest(this.#direct(), PROJECT).create(topic, name);
    const client = new PubSub({
      projectId: PROJECT,
      apiEndpoint: `127.0.0.1:${this.#port}`,
      authClient: new PassThroughClient(),
    });
    const subscription = client.subscription(name);
    subscription.on("message", (message: Message) => {
      collection.add({
        text: message.data.toString("utf8"),
        attributes: message.attributes,
        orderingKey: message.orderingKey ?? "",
        messageId: message.id,
      });
      message.ack();
    });
    // Without a listener the error would be thrown. `until` names what is missing.
    subscription.on("error", (error) =>
      process.stderr.write(`Google's client: ${error.message}\n`),
    );
    this.#closeClients.push(async () => {
      await subscription.close();
      await client.close();
    });
  }

  async #close(): Promise<void> {
    const closes = this.#closeClients;
    this.#closeClients = [];
    await Promise.all(closes.map((close) => close()));
  }

  #direct(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
