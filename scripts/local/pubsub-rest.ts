/** The other side of Pub/Sub over REST, which the service does not need: topics, subscriptions, and what arrives. */

export interface ReceivedMessage {
  /** The data as text. */
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
  readonly messageId: string;
}

/** The emulator does not answer at all to some of what it does not like. */
const TIMEOUT_MS = 10_000;

/** Of an answer to `pull`. */
interface Pulled {
  readonly receivedMessages?: readonly {
    readonly ackId: string;
    readonly message: {
      readonly data?: string;
      readonly attributes?: Readonly<Record<string, string>>;
      readonly orderingKey?: string;
      readonly messageId: string;
    };
  }[];
}

export class PubsubRest {
  readonly #base: string;
  readonly #project: string;

  constructor(endpoint: string, project: string) {
    this.#base = `${endpoint}/v1/projects/${project}`;
    this.#project = project;
  }

  /** A topic with one ordered subscription. Does nothing where they are there. @throws if the server refuses. */
  async create(topic: string, subscription: string): Promise<void> {
    await this.#ask("PUT", `/topics/${topic}`, {});
    await this.#ask("PUT", `/subscriptions/${subscription}`, {
      topic: `projects/${this.#project}/topics/${topic}`,
      enableMessageOrdering: true,
      ackDeadlineSeconds: 10,
    });
  }

  /** What there is, in order and acknowledged. Does not wait: of a pull that is given up, the messages would be gone. */
  async take(subscription: string): Promise<ReceivedMessage[]> {
    const path = `/subscriptions/${subscription}`;
    // Of our own request's form; the server is a local emulator.
    const { receivedMessages = [] } = (await this.#ask("POST", `${path}:pull`, {
      maxMessages: 100,
      returnImmediately: true,
    })) as Pulled;
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await this.#ask("POST", `${path}:acknowledge`, { ackIds });
    return receivedMessages.map(({ message }) => ({
      text: Buffer.from(message.data ?? "", "base64").toString("utf8"),
      attributes: message.attributes ?? {},
      orderingKey: message.orderingKey ?? "",
      messageId: message.messageId,
    }));
  }

  async #ask(method: "PUT" | "POST", path: string, body: object): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const isThere = method === "PUT" && response.status === 409;
    if (!response.ok && !isThere) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
