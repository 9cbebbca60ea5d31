/** The part of Pub/Sub over REST that the service itself does not need: topics, subscriptions, and receiving. */

export interface ReceivedMessage {
  /** The message's data as text. */
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
  readonly messageId: string;
}

/** The emulator never answers some requests that it does not accept. */
const TIMEOUT_MS = 10_000;

/** The answer to `pull`. */
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

  /** Makes a topic with one ordered subscription, unless they exist. @throws if the server refuses. */
  async create(topic: string, subscription: string): Promise<void> {
    await this.#ask("PUT", `/topics/${topic}`, {});
    await this.#ask("PUT", `/subscriptions/${subscription}`, {
      topic: `projects/${this.#project}/topics/${topic}`,
      enableMessageOrdering: true,
      ackDeadlineSeconds: 10,
    });
  }

  /** Receives and acknowledges what there is, in order. Does not wait: the messages of an aborted pull would be lost. */
  async take(subscription: string): Promise<ReceivedMessage[]> {
    const path = `/subscriptions/${subscription}`;
    // The server is a local emulator, which answers in this form.
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
    const doesExist = method === "PUT" && response.status === 409;
    if (!response.ok && !doesExist)
      throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
